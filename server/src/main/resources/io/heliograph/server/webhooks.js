// The webhooks' panel: the endpoints and their states. Their sums are in the ledger.
import {fill, make, number, request, show, useKey} from './page.js';
import {strings} from './webhooks-strings.js';

const POLL_MS = 2000;

const element = id => document.getElementById(id);

async function poll() {
  try {
    const response = await request('/v1/endpoints?limit=200');
    element('key-form').hidden = response.status !== 401;
    if (response.ok) draw((await response.json()).items);
  } catch {
    // The badge tells that nobody answers.
  }
  setTimeout(poll, POLL_MS);
}

function draw(endpoints) {
  element('no-endpoints').hidden = endpoints.length > 0;
  const body = element('endpoints');
  while (body.rows.length > endpoints.length) body.deleteRow(-1);
  endpoints.forEach((endpoint, index) => {
    const state = endpoint.reason ? `${endpoint.state}: ${endpoint.reason}` : endpoint.state;
    const cells = [endpoint.id, endpoint.url, endpoint.topics.join(' '), state, number(endpoint.failures)];
    const row = body.rows[index] ?? newRow(body, cells.length);
    cells.forEach((text, column) => show(row.cells[column], text));
  });
}

function newRow(body, columns) {
  const row = body.insertRow();
  row.append(make('th', ''));
  row.cells[0].scope = 'row';
  for (let column = 1; column < columns; column++) row.append(make('td', '', column === columns - 1 ? 'number' : ''));
  return row;
}

fill(strings, element('panel-webhooks'));
element('key-form').addEventListener('submit', event => {
  event.preventDefault();
  useKey(element('key').value.trim());
  element('key').value = '';
});
poll();
