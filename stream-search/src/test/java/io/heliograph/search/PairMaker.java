package io.heliograph.search;

import io.heliograph.Event;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes events from small vocabularies, and queries that fit some event: each clause is drawn from one event's own values. A near
 * miss is the same query with one clause flipped.
 */
final class PairMaker {

    /** What a query mainly asks. */
    enum Kind {
        WORD, PHRASE, PREFIX, WILDCARD, FUZZY, REGEXP, LONG_RANGE, DOUBLE_RANGE, DATE_RANGE, KEYWORD, BOOLEAN, EXISTS, DISTANCE, BOX,
        CYRILLIC, HANGUL, HAN, KANA, NEGATIVE, JSON
    }

    /** A query of a kind. */
    record Made(Kind kind, Search search, boolean isNearMiss) {
    }

    private record Sample(List<String> words, List<String> russian, List<String> korean, List<String> chinese, List<String> japanese,
            long price, double size, LocalDate built, String city, boolean isNew, boolean hasFloor, double latitude, double longitude) {
    }

    private static final List<String> WORDS = List.of("garden", "house", "tower", "castle", "cellar", "window", "garage", "sunny", "quiet", "modern");
    private static final List<String> RUSSIAN = List.of("квартира", "дом", "сад", "балкон", "кухня", "этаж", "центр", "гараж");
    private static final List<String> KOREAN = List.of("아파트", "정원", "주택", "서울", "부산", "학교", "공원", "지하철");
    private static final List<String> CHINESE = List.of("花园", "公寓", "北京", "上海", "学校", "地铁", "阳台", "房子");
    private static final List<String> JAPANESE = List.of("庭", "マンション", "東京", "大阪", "学校", "駅", "公園", "アパート");
    private static final List<String> CITIES = List.of("Berlin", "Bern", "Paris", "Prague", "Porto");
    private static final LocalDate FIRST_DAY = LocalDate.of(2020, 1, 1);

    private final SplittableRandom random;

    PairMaker(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static void declare(Schema schema) {
        schema.declare(Field.text("ru", Language.RU));
        schema.declare(Field.text("ko", Language.KO));
        schema.declare(Field.text("zh", Language.ZH));
        schema.declare(Field.text("ja", Language.JA));
        schema.declare(Field.of("city", FieldType.KEYWORD));
    }

    List<Event> events(int count) {
        return IntStream.range(0, count).mapToObj(i -> event(sample())).toList();
    }

    /** By turns a query of each kind, and its near miss. */
    List<Made> queries(int count) {
        var made = new ArrayList<Made>();
        for (int i = 0; made.size() < count; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            made.addAll(pair(kind, i, sample()));
        }
        return made.subList(0, count);
    }

    private Sample sample() {
        return new Sample(some(WORDS, 5), some(RUSSIAN, 3), some(KOREAN, 3), some(CHINESE, 3), some(JAPANESE, 3), random.nextInt(20),
                random.nextInt(40) / 2.0, FIRST_DAY.plusDays(random.nextInt(20)), one(CITIES), random.nextBoolean(), random.nextInt(3) > 0,
                50 + random.nextInt(5), 10 + random.nextInt(5));
    }

    private List<String> some(List<String> words, int count) {
        return IntStream.range(0, count).mapToObj(i -> one(words)).toList();
    }

    private String one(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private static Event event(Sample s) {
        String json = "{\"title\":\"" + String.join(" ", s.words()) + "\",\"ru\":\"" + String.join(", ", s.russian()) + "\",\"ko\":\""
                + s.korean().stream().map(word -> word + "에서").collect(Collectors.joining(" ")) + "\",\"zh\":\"" + String.join("", s.chinese())
                + "\",\"ja\":\"" + String.join("の", s.japanese()) + "\",\"price\":" + s.price() + ",\"size\":" + s.size() + ",\"built\":\""
                + s.built() + "\",\"city\":\"" + s.city() + "\",\"isNew\":" + s.isNew() + (s.hasFloor() ? ",\"floor\":{\"no\":[1,2]}" : "")
                + ",\"at\":{\"lat\":" + s.latitude() + ",\"lon\":" + s.longitude() + "}}";
        return Event.builder("listings").data(json.getBytes(StandardCharsets.UTF_8), "application/json").build();
    }

    private List<Made> pair(Kind kind, int number, Sample s) {
        if (kind == Kind.JSON) {
            String first = json("must", s);
            return List.of(new Made(kind, Search.json("q" + number, first), false),
                    new Made(kind, Search.json("n" + number, first.replace("\"must\":[{\"term\"", "\"must_not\":[{\"term\"")), true));
        }
        String main = clause(kind, s);
        Kind[] kinds = Kind.values();
        List<String> others = IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> clause(kinds[random.nextInt(kinds.length - 1)], s)).toList();
        boolean isAny = random.nextInt(3) == 0;
        return List.of(new Made(kind, Search.of("q" + number, joined(main, others, isAny)), false),
                new Made(kind, Search.of("n" + number, joined("-(" + main + ")", others, isAny)), true));
    }

    private static String joined(String main, List<String> others, boolean isAny) {
        if (others.isEmpty()) {
            return main;
        }
        String rest = others.stream().map(other -> "(" + other + ")").collect(Collectors.joining(isAny ? " OR " : " AND "));
        boolean isFlipped = main.startsWith("-");
        return isAny && !isFlipped ? "(" + main + ") OR " + rest : (isFlipped ? main : "(" + main + ")") + " AND (" + rest + ")";
    }

    private String json(String occur, Sample s) {
        return "{\"bool\":{\"" + occur + "\":[{\"term\":{\"city\":\"" + s.city() + "\"}}],\"filter\":{\"range\":{\"price\":{\"gte\":"
                + Math.max(s.price() - 9, 0) + "}}},\"should\":[{\"match\":{\"title\":\"" + s.words().getFirst() + " " + one(WORDS)
                + "\"}},{\"exists\":{\"field\":\"floor\"}}],\"minimum_should_match\":1}}";
    }

    private String clause(Kind kind, Sample s) {
        String word = one(s.words());
        return switch (kind) {
            case WORD -> "title:" + word;
            case PHRASE -> {
                int from = random.nextInt(s.words().size() - 1);
                yield "title:\"" + s.words().get(from) + " " + s.words().get(from + 1) + "\"" + (random.nextBoolean() ? "~3" : "~1");
            }
            case PREFIX -> "title:" + word.substring(0, 1 + random.nextInt(3)) + "*";
            case WILDCARD -> "title:" + word.charAt(0) + "*" + word.charAt(word.length() - 1);
            case FUZZY -> "title:" + word.substring(1) + "x~2";
            case REGEXP -> "title:/" + word.charAt(0) + "[a-z]{2,7}" + "/";
            case LONG_RANGE -> "price:[" + (s.price() - random.nextInt(6)) + " TO " + (s.price() + random.nextInt(6)) + "}";
            case DOUBLE_RANGE -> "size:{" + (s.size() - 3.25) + " TO " + (s.size() + random.nextInt(5)) + "]";
            case DATE_RANGE -> "built:[" + s.built().minusDays(random.nextInt(6)) + " TO " + s.built() + "||+3d]";
            case KEYWORD -> random.nextBoolean() ? "city:" + s.city() : "city:" + s.city().substring(0, 1) + "*";
            case BOOLEAN -> "isNew:" + s.isNew();
            case EXISTS -> "floor:*";
            case DISTANCE -> String.format(Locale.ROOT, "at:distance(%.2f, %.2f, %dkm)", s.latitude() + 0.01, s.longitude() - 0.01, 50 + random.nextInt(200));
            case BOX -> String.format(Locale.ROOT, "at:box(%.1f, %.1f, %.1f, %.1f)", s.latitude() + 0.5, s.longitude() - 1.5, s.latitude() - 1.5, s.longitude() + 0.5);
            case CYRILLIC -> "ru:" + one(s.russian());
            case HANGUL -> "ko:" + one(s.korean());
            case HAN -> "zh:" + one(s.chinese());
            case KANA -> "ja:" + one(s.japanese());
            case NEGATIVE, JSON -> "-title:" + one(WORDS) + " -city:" + one(CITIES);
        };
    }

    static List<Kind> kinds() {
        return Arrays.asList(Kind.values());
    }
}
