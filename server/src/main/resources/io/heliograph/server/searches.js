// The saved searches' panel: a box that saves one, the list, and alerts as they come.
import {fill, followStream, make, number, request, show} from './page.js';
import {strings} from './searches-strings.js';

const POLL_MS = 2000;
const PAGE = 100;
const ALERT_ROWS = 12;
const ALERT_CHARACTERS = 300;

const element = id => document.getElementById(id);
const path = id => `/v1/searches/${encodeURIComponent(id)}`;

async function poll() {
  await refresh();
  setTimeout(poll, POLL_MS);
}

async function refresh() {
  try {
    const response = await request(`/v1/searches?limit=${PAGE}`);
    if (response.ok) draw((await response.json()).items);
  } catch {
    // The badge tells that nobody answers.
  }
}

function draw(searches) {
  element('no-searches').hidden = searches.length > 0;
  const body = element('searches');
  while (body.rows.length > searches.length) body.deleteRow(-1);
  searches.forEach((search, index) => {
    const row = body.rows[index] ?? newRow(body);
    const query = typeof search.query === 'string' ? search.query : JSON.stringify(search.query);
    const last = search.statistics?.last_match;
    const cells = [search.id, query, search.topics.join(' '), search.deliver.join(' ') || strings.listOnly,
      number(search.statistics?.matches), last ? new Date(last).toLocaleTimeString('en-GB') : strings.never];
    cells.forEach((text, column) => show(row.cells[column], text));
    const button = row.cells[cells.length].firstChild;
    button.dataset.id = search.id;
    button.setAttribute('aria-label', strings.removeNamed(search.id));
  });
}

function newRow(body) {
  const row = body.insertRow();
  row.append(make('th', ''), make('td', ''), make('td', ''), make('td', ''), make('td', '', 'number'), make('td', ''), make('td', ''));
  row.cells[0].scope = 'row';
  const button = make('button', strings.remove);
  button.type = 'button';
  button.addEventListener('click', () => remove(button.dataset.id));
  row.cells[row.cells.length - 1].append(button);
  return row;
}

async function save(id, query) {
  const response = await ask(path(id), {method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({query})});
  if (response?.ok) {
    show(element('search-outcome'), strings.saved(id));
    element('search-query').value = '';
    element('search-id').value = '';
  }
}

async function remove(id) {
  const response = await ask(path(id), {method: 'DELETE'});
  if (response?.ok) show(element('search-outcome'), strings.removed(id));
}

/** Sends, tells what is refused, and reads the list anew. */
async function ask(where, init) {
  try {
    const response = await request(where, init);
    if (!response.ok) {
      const problem = await response.json();
      show(element('search-outcome'), problem.detail);
    }
    await refresh();
    return response;
  } catch {
    show(element('search-outcome'), strings.unreachable);
    return undefined;
  }
}

function showAlert(alert) {
  element('no-alerts').hidden = true;
  const time = new Date(alert.time);
  const event = alert.data.event ?? {};
  const text = [event.type ?? '', JSON.stringify(event.data ?? alert.data)].join('  ').slice(0, ALERT_CHARACTERS);
  const item = make('li', '');
  item.append(make('time', Number.isNaN(time.getTime()) ? '' : time.toLocaleTimeString('en-GB')),
    make('code', alert.data.search ?? '', 'topic'), make('code', text, 'data'));
  const list = element('alerts');
  list.prepend(item);
  while (list.children.length > ALERT_ROWS) list.lastChild.remove();
}

fill(strings, element('panel-searches'));
element('search-form').addEventListener('submit', event => {
  event.preventDefault();
  const id = element('search-id').value.trim() || `search-${crypto.randomUUID().slice(0, 8)}`;
  save(id, element('search-query').value);
});
poll();
followStream('/v1/alerts/stream', (kind, alert) => {
  if (kind === 'event' && alert.data) showAlert(alert);
}, () => {});
