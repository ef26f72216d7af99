package io.heliograph.demo;

import io.heliograph.Event;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Homes for sale that do not exist, in eight languages. An event of the topic {@code listings.CITY}, whose subject is the city:
 *
 * <pre>
 * {"title": "Villa mit Garten", "text": "...", "language": "de", "city": "Berlin",
 *  "price": 489000, "rooms": 5, "size": 132, "at": {"lat": 52.51, "lon": 13.42}}
 * </pre>
 *
 * Prices are in euros, sizes in square metres. Not thread-safe; the same chance offers the same homes.
 */
final class Listings {

    private static final String TOPIC = "listings.";
    private static final String SOURCE = "/demo/listings";
    private static final double SPREAD_DEGREES = .08;
    private static final int LEAST_SIZE = 22;
    private static final double EUROS_PER_SQUARE_METRE = 3_600;

    private record City(String topic, String name, double lat, double lon) {
    }

    /**
     * How one language offers homes.
     *
     * @param title takes a kind and a feature
     * @param text  takes a kind, the rooms, a feature and another one
     */
    private record Offers(String language, List<City> cities, List<String> kinds, List<String> features, String title, String text) {
    }

    private static final List<Offers> OFFERS = List.of(
            new Offers("en", List.of(new City("london", "London", 51.507, -.128), new City("dublin", "Dublin", 53.349, -6.26)),
                    List.of("House", "Flat", "Cottage", "Loft", "Terraced house"),
                    List.of("a garden", "a balcony", "a roof terrace", "a view of the river", "an open fireplace", "a garage"),
                    "%s with %s", "%s for sale: %d rooms, %s and %s. Quiet street, ten minutes from the station."),
            new Offers("de", List.of(new City("berlin", "Berlin", 52.52, 13.405), new City("wien", "Wien", 48.208, 16.373)),
                    List.of("Haus", "Wohnung", "Villa", "Reihenhaus", "Altbauwohnung"),
                    List.of("Garten", "Balkon", "Dachterrasse", "Blick auf den Fluss", "offenem Kamin", "Garage"),
                    "%s mit %s", "%s zu verkaufen: %d Zimmer, mit %s und %s. Ruhige Straße, zehn Minuten vom Bahnhof."),
            new Offers("fr", List.of(new City("lyon", "Lyon", 45.764, 4.836), new City("nantes", "Nantes", 47.218, -1.554)),
                    List.of("Maison", "Appartement", "Villa", "Studio", "Maison de ville"),
                    List.of("un jardin", "un balcon", "une terrasse", "une vue sur le fleuve", "une cheminée", "un garage"),
                    "%s avec %s", "%s à vendre : %d pièces, avec %s et %s. Rue calme, à dix minutes de la gare."),
            new Offers("es", List.of(new City("sevilla", "Sevilla", 37.389, -5.984), new City("valencia", "Valencia", 39.47, -.376)),
                    List.of("Casa", "Piso", "Chalet", "Estudio", "Ático"),
                    List.of("jardín", "balcón", "terraza", "vistas al río", "chimenea", "garaje"),
                    "%s con %s", "%s en venta: %d habitaciones, con %s y %s. Calle tranquila, a diez minutos de la estación."),
            new Offers("ru", List.of(new City("riga", "Рига", 56.949, 24.105), new City("almaty", "Алматы", 43.238, 76.946)),
                    List.of("Дом", "Квартира", "Дача", "Студия", "Таунхаус"),
                    List.of("садом", "балконом", "террасой", "видом на реку", "камином", "гаражом"),
                    "%s с %s", "%s на продажу: комнат %d, с %s и %s. Тихая улица, десять минут до вокзала."),
            new Offers("ja", List.of(new City("kyoto", "京都", 35.012, 135.768), new City("sapporo", "札幌", 43.062, 141.354)),
                    List.of("一戸建て", "マンション", "別荘", "アパート", "町家"),
                    List.of("庭", "バルコニー", "屋上テラス", "川の眺め", "暖炉", "車庫"),
                    "%2$s付きの%1$s", "%sを売ります。部屋は%d室、%sと%sがあります。静かな通り、駅から徒歩十分。"),
            new Offers("ko", List.of(new City("busan", "부산", 35.18, 129.075), new City("daejeon", "대전", 36.35, 127.385)),
                    List.of("단독주택", "아파트", "별장", "원룸", "한옥"),
                    List.of("정원", "발코니", "옥상 테라스", "강 전망", "벽난로", "차고"),
                    "%2$s 있는 %1$s", "%s 매매: 방 %d개, %s 그리고 %s. 조용한 거리, 역에서 걸어서 십 분."),
            new Offers("zh", List.of(new City("taipei", "台北", 25.033, 121.565), new City("chengdu", "成都", 30.573, 104.066)),
                    List.of("别墅", "公寓", "联排住宅", "单间", "老房子"),
                    List.of("花园", "阳台", "屋顶露台", "河景", "壁炉", "车库"),
                    "带%2$s的%1$s", "%s出售：%d个房间，有%s和%s。街道安静，到车站步行十分钟。"));

    private final RandomGenerator random;

    Listings(RandomGenerator random) {
        this.random = random;
    }

    /** The next home. Half of them cost less than about 300,000. */
    Event next() {
        Offers offers = any(OFFERS);
        City city = any(offers.cities());
        String kind = any(offers.kinds());
        int first = random.nextInt(offers.features().size());
        String feature = offers.features().get(first);
        String other = offers.features().get((first + 1 + random.nextInt(offers.features().size() - 1)) % offers.features().size());
        int size = LEAST_SIZE + (int) (60 * Math.exp(.5 * random.nextGaussian()));
        int rooms = 1 + size / 27;
        long price = Math.round(size * EUROS_PER_SQUARE_METRE * Math.exp(.35 * random.nextGaussian()) / 1_000) * 1_000;
        // Nothing in these texts needs to be escaped in JSON.
        String json = String.format(Locale.ROOT, """
                {"title":"%s","text":"%s","language":"%s","city":"%s","price":%d,"rooms":%d,"size":%d,"at":{"lat":%.4f,"lon":%.4f}}""",
                String.format(Locale.ROOT, offers.title(), kind, feature),
                String.format(Locale.ROOT, offers.text(), kind, rooms, feature, other),
                offers.language(), city.name(), price, rooms, size, around(city.lat()), around(city.lon()));
        return Event.json(TOPIC + city.topic(), json).toBuilder().source(SOURCE).subject(city.name()).build();
    }

    private double around(double degrees) {
        return degrees + SPREAD_DEGREES * (random.nextDouble() - .5);
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
