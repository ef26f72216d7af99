// The page's frame: the stream, the ledger and the latest events. Panels import what is exported here.
// Whatever comes from outside is shown by textContent alone, so that no name or value can become markup.
import {strings} from './strings.js';

const TAIL_ROWS = 12;
const TAIL_CHARACTERS = 300;
const LEDGER_MS = 1000;
const DRAW_MS = 250;
const RETRY_MS = [250, 500, 1000, 2000, 5000];

const listeners = {event: [], gap: [], missed: [], ledger: []};

/** Calls `listener` for each of a kind: `event`, `gap` and `missed` with a CloudEvent, `ledger` with the ledger. */
export function on(kind, listener) {
  listeners[kind].push(listener);
}

function tell(kind, value) {
  listeners[kind].forEach(listener => listener(value));
}

/** Fills every element within `root` that has `data-text` from `texts`. */
export function fill(texts, root) {
  for (const element of root.querySelectorAll('[data-text]')) {
    const text = texts[element.dataset.text];
    if (text !== undefined) element.textContent = text;
  }
}

/** Sets an element's text, if it is another one: so screen readers are told of changes alone. */
export function show(element, text) {
  const value = String(text);
  if (element.textContent !== value) element.textContent = value;
}

const WHOLE = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const TENTH = new Intl.NumberFormat('en', {maximumFractionDigits: 1});
const FINE = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});

/** A number as people read it: 1,234,567 or 12.3 or 0.0123. */
export function number(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return WHOLE.format(value);
  return Math.abs(value) >= 10 ? TENTH.format(value) : FINE.format(value);
}

/** An element with a text. */
export function make(tag, text, className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

// --- requests

const KEY = 'heliograph-key';

/** Takes a key for this tab, until it is closed. */
export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

/** Asks the server, with the key that this tab was given. */
export function request(path, init = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = {...init.headers, ...(key ? {Authorization: `Bearer ${key}`} : {})};
  return fetch(path, {cache: 'no-store', ...init, headers});
}

// --- the stream

/**
 * Follows a stream of server-sent events, and opens it again whenever it ends: `accept` gets each one's kind and its CloudEvent,
 * `tell` whether it is open.
 */
export async function followStream(path, accept, tell) {
  for (let failures = 0; ; failures++) {
    try {
      const response = await request(path, {headers: {Accept: 'text/event-stream'}});
      if (!response.ok) throw new Error(`status ${response.status}`);
      tell(true);
      failures = 0;
      await read(response.body, accept);
    } catch {
      // Whatever ended it, the next attempt tells.
    }
    tell(false);
    await new Promise(resolve => setTimeout(resolve, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
  }
}

async function read(body, accept) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(block => hand(block, accept));
  }
}

function hand(block, accept) {
  let kind = 'event';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) kind = line.slice(7);
    if (line.startsWith('data: ')) data += line.slice(6);
  }
  if (!data) return;
  let event;
  try {
    event = JSON.parse(data);
  } catch {
    return;
  }
  accept(kind, event);
}

function connection(state, text) {
  const element = document.getElementById('connection');
  element.dataset.state = state;
  show(element, text);
}

// --- the ledger

async function readLedger() {
  const badge = document.getElementById('badge');
  try {
    const response = await request('/v1/ledger');
    if (!response.ok) throw new Error(`status ${response.status}`);
    const ledger = await response.json();
    const closes = ledger.difference === 0;
    badge.dataset.state = closes ? 'closes' : 'open';
    show(badge, closes ? strings.ledgerCloses : strings.ledgerOpen(ledger.difference));
    drawLedger(ledger);
    tell('ledger', ledger);
  } catch {
    badge.dataset.state = 'unknown';
    show(badge, strings.ledgerUnknown);
  }
  setTimeout(readLedger, LEDGER_MS);
}

function drawLedger(ledger) {
  rows('publishers', ledger.publishers, p => [p.offered, p.accepted, p.dropped, p.refused, p.difference].map(number));
  rows('subscribers', ledger.subscribers, s =>
    [number(s.known), number(s.delivered), number(s.filtered), lost(s.lost), number(s.in_flight), number(s.difference)]);
}

/** Losses with their reasons: `12 (overflow 10, network 2)`. */
export function lost(byReason) {
  const reasons = Object.entries(byReason);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const listed = reasons.map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
  return total === 0 ? '0' : strings.lostBy(number(total), listed);
}

function rows(id, entries, figures) {
  const body = document.getElementById(id);
  while (body.rows.length > entries.length) body.deleteRow(-1);
  entries.forEach((entry, index) => {
    const cells = [entry.name, ...figures(entry)];
    const row = body.rows[index] ?? newRow(body, cells.length);
    cells.forEach((text, column) => show(row.cells[column], text));
    row.classList.toggle('defect', entry.difference !== 0);
  });
}

function newRow(body, columns) {
  const row = body.insertRow();
  row.append(make('th', ''));
  row.cells[0].scope = 'row';
  for (let column = 1; column < columns; column++) row.append(make('td', '', 'number'));
  return row;
}

// --- the latest events

let latest = [];
let isPaused = false;
let isDirty = false;

function remember(event, text, kind) {
  latest.unshift({time: event.time ?? event.receivedtime ?? '', topic: event.type, text, kind});
  latest.length = Math.min(latest.length, TAIL_ROWS);
  isDirty = true;
}

function describe(event) {
  const data = 'data' in event ? JSON.stringify(event.data) : event.data_base64 ?? '';
  return [event.subject ?? '', data].filter(Boolean).join('  ').slice(0, TAIL_CHARACTERS);
}

function drawTail() {
  if (!isDirty || isPaused) return;
  isDirty = false;
  document.getElementById('tail').replaceChildren(...latest.map(entry => {
    const item = make('li', '', entry.kind);
    const time = new Date(entry.time);
    item.append(make('time', Number.isNaN(time.getTime()) ? '' : time.toLocaleTimeString('en-GB')),
      make('code', entry.topic, 'topic'), make('code', entry.text, 'data'));
    return item;
  }));
}

function togglePause(button) {
  isPaused = !isPaused;
  button.setAttribute('aria-pressed', String(isPaused));
  show(button, isPaused ? strings.resume : strings.pause);
}

fill(strings, document);
show(document.getElementById('badge'), strings.ledgerUnknown);
connection('waiting', strings.connecting);
document.getElementById('pause').addEventListener('click', event => togglePause(event.currentTarget));
on('event', event => remember(event, describe(event), 'event'));
on('gap', event => remember(event, strings.gap(number(event.data.count), event.data.reason), 'loss'));
on('missed', event => remember(event, strings.missed(number(event.data.missed)), 'loss'));
setInterval(drawTail, DRAW_MS);
readLedger();
followStream('/v1/events/stream', (kind, event) => Object.hasOwn(listeners, kind) && tell(kind, event),
  isOpen => connection(isOpen ? 'live' : 'lost', isOpen ? strings.live : strings.reconnecting));
