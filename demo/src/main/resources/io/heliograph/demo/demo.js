// The demo's panel: the strip with the loss of every hop, and three things to do.
import {fill, make, number, on, request, show} from './page.js';
import {strings} from './demo-strings.js';

const POLL_MS = 1000;
const RATE_STATES = 6;
const COPIED_MS = 1500;
const HOME_ROWS = 6;
const SAVED_MS = 3000;

const element = id => document.getElementById(id);

// --- the strip

const states = [];
let missedHere = 0;
let isChoosing = false;

async function poll() {
  try {
    drawState(await ask('/v1/demo', {}));
  } catch {
    // The badge tells that nobody answers.
  }
  setTimeout(poll, POLL_MS);
}

async function ask(path, init) {
  const response = await fetch(path, {cache: 'no-store', ...init});
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

function drawState(now) {
  states.push(now);
  if (states.length > RATE_STATES) states.shift();
  drawStations(now);
  drawHops(now);
  drawControls(now);
  drawAlerts(now.webhook);
  const [host, port] = splitAddress(now.send_to);
  show(element('send-line'), `echo 'foo:1|c' >/dev/udp/${host}/${port}`);
  show(element('sub-line'), `./heliograph sub '${now.events_to}'`);
}

function splitAddress(address) {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon), address.slice(colon + 1)];
}

function drawStations(now) {
  rate('senders-rate', now, state => state.senders.own_sent + state.senders.others_received);
  rate('statsd-rate', now, state => state.statsd.lines);
  rate('multicast-rate', now, state => state.multicast.accepted);
  rate('page-rate', now, state => state.page.delivered);
  rate('outbox-rate', now, state => state.outbox.accepted);
  rate('searches-rate', now, state => state.webhook.known ?? 0);
  rate('webhook-rate', now, state => state.webhook.verified);
  const figures = {
    'own-sent': now.senders.own_sent,
    'others-received': now.senders.others_received,
    applied: now.statsd.applied,
    bad: now.statsd.bad + now.statsd.rejected + now.statsd.oversized,
    series: now.statsd.series,
    accepted: now.multicast.accepted,
    listening: now.multicast.subscribers,
    repaired: now.multicast.repaired_datagrams,
    delivered: now.page.delivered,
    waiting: now.page.in_flight,
    missed: missedHere,
    stored: now.outbox.accepted,
    refused: now.outbox.dropped + now.outbox.refused,
    'alerts-for-page': now.webhook.known,
    verified: now.webhook.verified,
    'webhook-waiting': now.webhook.waiting,
  };
  for (const [id, figure] of Object.entries(figures)) show(element(id), number(figure));
}

/** Over the last seconds: one flush more or less between two looks must not show. */
function rate(id, now, figure) {
  const before = states[0];
  if (now.at_ms <= before.at_ms) return;
  const perSecond = (figure(now) - figure(before)) * 1000 / (now.at_ms - before.at_ms);
  show(element(id), number(Math.round(Math.max(0, perSecond))));
}

function drawHops(now) {
  const drops = now.senders.kernel_drops_at_least;
  const isExact = now.generator;
  if (isExact) {
    hop(1, now.senders.own_lost, drops > now.senders.own_lost
      ? strings.exactAndAtLeast(number(drops - now.senders.own_lost)) : strings.exact);
  } else {
    hop(1, drops ?? 0, drops === undefined ? strings.nothingTold : strings.atLeast);
  }
  hop(2, now.multicast.dropped + now.multicast.refused + now.statsd.failed, strings.exact);
  const total = Object.values(now.page.lost).reduce((sum, count) => sum + count, 0);
  hop(3, total, total === 0 ? strings.exact : reasons(now.page.lost));
  hop(4, now.outbox.dropped + now.outbox.refused, strings.exact);
  hop(5, now.webhook.lost ?? 0, strings.exact);
}

function reasons(byReason) {
  return Object.entries(byReason).map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
}

function hop(index, count, exactness) {
  show(element(`lost-${index}`), number(count));
  show(element(`exactness-${index}`), exactness);
  element(`hop-${index}`).classList.toggle('lossy', count > 0);
}

// --- what can be done

function drawControls(now) {
  const select = element('policy');
  if (select.options.length === 0) {
    for (const name of now.policies) select.add(new Option(strings.policyNames[name] ?? name, name));
    select.disabled = false;
  }
  if (!isChoosing) select.value = now.policy;
  element('burst').disabled = !now.generator;
  const acting = [];
  if (!now.generator) acting.push(strings.noGenerator);
  if (now.burst_ms_left > 0) acting.push(strings.bursting(Math.ceil(now.burst_ms_left / 1000)));
  if (now.stall_ms_left > 0) {
    acting.push(strings.stalled(Math.ceil(now.stall_ms_left / 1000), number(Math.max(0, now.page.in_flight - 1)), number(now.policy_limit)));
  }
  show(element('acting'), acting.join(' '));
}

async function act(path, init) {
  try {
    drawState(await ask(path, init));
  } catch {
    show(element('acting'), strings.failed);
  }
}

async function choosePolicy(event) {
  isChoosing = true;
  await act('/v1/demo/policy', {
    method: 'PUT',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({policy: event.target.value}),
  });
  isChoosing = false;
}

// --- a saved search, and what it leads to

let endpoint = '';

function drawAlerts(webhook) {
  endpoint = webhook.endpoint ?? '';
  element('none-arrived').hidden = webhook.latest.length > 0;
  const items = webhook.latest.map(alert => line(alert.time, alert.data.search, described(alert.data.event)));
  element('arrived').replaceChildren(...items);
}

function line(time, topic, text) {
  const at = new Date(time);
  const item = make('li', '');
  item.append(make('time', Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString('en-GB')), make('code', topic ?? '', 'topic'),
    make('code', text, 'data'));
  return item;
}

function described(event) {
  const data = event?.data ?? {};
  if (data.title !== undefined) return `${data.title}, ${data.city}, ${number(data.price)}`;
  return data.name === undefined ? JSON.stringify(data) : `${data.name} p99 ${number(data.p99)}`;
}

function showHome(event) {
  if (!event.type.startsWith('listings.')) return;
  const list = element('homes');
  list.prepend(line(event.time ?? Date.now(), event.data.language, described(event)));
  while (list.children.length > HOME_ROWS) list.lastChild.remove();
}

function chooseExample() {
  element('alert-query').value = strings.examples[element('alert-example').value].query;
}

async function saveSearch(event) {
  event.preventDefault();
  const example = strings.examples[element('alert-example').value];
  const id = `page-${crypto.randomUUID().slice(0, 8)}`;
  const search = {query: element('alert-query').value, topics: example.topics, deliver: [`endpoint:${endpoint}`]};
  if (example.language) search.language = example.language;
  try {
    const response = await request(`/v1/searches/${id}`, {method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(search)});
    const problem = response.ok ? undefined : await response.json();
    show(element('alert-outcome'), response.ok ? strings.searchSaved(id) : strings.searchRefused(problem.detail, problem.line, problem.column));
    await countSaved();
  } catch {
    show(element('alert-outcome'), strings.failed);
  }
}

async function watchSaved() {
  await countSaved();
  setTimeout(watchSaved, SAVED_MS);
}

async function countSaved() {
  try {
    const response = await request('/v1/searches?limit=200');
    if (response.ok) show(element('saved'), number((await response.json()).items.length));
  } catch {
    // The badge tells that nobody answers.
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(element(button.dataset.copies).textContent);
  show(button, strings.copied);
  setTimeout(() => show(button, strings.copy), COPIED_MS);
}

fill(strings, element('panel-demo'));
strings.examples.forEach((example, index) => element('alert-example').add(new Option(example.name, index)));
chooseExample();
element('alert-example').addEventListener('change', chooseExample);
element('alert-form').addEventListener('submit', saveSearch);
on('event', showHome);
on('missed', event => { missedHere += event.data.missed; });
element('burst').addEventListener('click', () => act('/v1/demo/burst', {method: 'POST'}));
element('stall').addEventListener('click', () => act('/v1/demo/stall', {method: 'POST'}));
element('policy').addEventListener('change', choosePolicy);
for (const button of document.querySelectorAll('button.copy')) button.addEventListener('click', () => copy(button));
poll();
watchSaved();
