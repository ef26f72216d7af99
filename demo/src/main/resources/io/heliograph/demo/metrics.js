// The metrics' panel: the latest figures of every metric, and a chart of one.
import {fill, make, number, on, show} from './page.js';
import {strings} from './metrics-strings.js';

const DRAW_MS = 500;
const ROWS = 60;
const KEPT_SERIES = 2000;
const POINTS = 120;
const SILENT_MS = 2500;

const element = id => document.getElementById(id);

const TYPES = ['counter', 'timer', 'gauge', 'set'];
const series = new Map();
let chosen = null;
let latestAt = 0;
let latestSeen = 0;

function remember(event) {
  const type = event.type.startsWith('metrics.') ? event.type.slice(8) : '';
  const data = event.data;
  if (!TYPES.includes(type) || typeof data !== 'object' || data === null) return;
  const key = JSON.stringify([type, data.name, data.tags ?? null]);
  let one = series.get(key);
  if (!one) {
    if (series.size >= KEPT_SERIES) series.delete(series.keys().next().value);
    one = {key, type, label: label(data), total: 0, points: []};
    series.set(key, one);
  }
  one.data = data;
  one.seen = performance.now();
  one.total += type === 'counter' ? data.value : 0;
  latestAt = new Date(event.time).getTime();
  latestSeen = one.seen;
  one.points.push({at: latestAt, data});
  if (one.points.length > POINTS) one.points.shift();
  if (!chosen || (!chosen.byHand && type === 'timer' && chosen.type !== 'timer')) chosen = one;
}

function label(data) {
  const tags = Object.entries(data.tags ?? {}).map(([name, value]) => `${name}:${value}`);
  return tags.length === 0 ? String(data.name) : `${data.name} (${tags.join(', ')})`;
}

const FIGURES = {
  counter: one => [one.data.rate, one.total],
  timer: one => [one.data.rate, one.data.p50, one.data.p95, one.data.p99],
  gauge: one => [one.data.value],
  set: one => [one.data.value],
};

/** Only what changed is flushed: of a metric that is silent nothing came, and a gauge stands where it stood. */
const SILENT = {
  counter: one => [0, one.total],
  timer: () => [0, NaN, NaN, NaN],
  gauge: FIGURES.gauge,
  set: () => [0],
};

function figuresOf(one) {
  const isSilent = performance.now() - one.seen > SILENT_MS;
  return (isSilent ? SILENT : FIGURES)[one.type](one);
}

function drawMetrics() {
  const wanted = element('filter').value.trim().toLowerCase();
  const matching = [...series.values()].filter(one => one.label.toLowerCase().includes(wanted));
  for (const type of TYPES) {
    const ofType = matching.filter(one => one.type === type).sort((a, b) => (a.label < b.label ? -1 : 1));
    drawTable(type, ofType.slice(0, ROWS));
    const more = ofType.length - ROWS;
    show(element(`${type}-more`), ofType.length === 0 ? strings.none : more > 0 ? strings.more(number(more)) : '');
  }
  drawChart();
}

function drawTable(type, shown) {
  const body = element(`${type}-rows`);
  while (body.rows.length > shown.length) body.deleteRow(-1);
  shown.forEach((one, index) => {
    const figures = figuresOf(one);
    const row = body.rows[index] ?? newRow(body, figures.length);
    const button = row.cells[0].firstChild;
    button.dataset.key = one.key;
    button.setAttribute('aria-pressed', String(one === chosen));
    showName(button, one.label);
    figures.forEach((figure, column) => show(row.cells[column + 1], number(figure)));
  });
}

/** A name that may wrap behind its dots. */
function showName(target, name) {
  if (target.textContent === name) return;
  target.replaceChildren(...name.split(/(?<=[._/-])/).flatMap(part => [part, document.createElement('wbr')]));
}

function newRow(body, columns) {
  const row = body.insertRow();
  const head = make('th', '');
  head.scope = 'row';
  const button = make('button', '', 'metric');
  button.type = 'button';
  head.append(button);
  row.append(head);
  for (let column = 0; column < columns; column++) row.append(make('td', '', 'number'));
  return row;
}

function choose(event) {
  const button = event.target.closest('button.metric');
  if (!button || !series.has(button.dataset.key)) return;
  chosen = series.get(button.dataset.key);
  chosen.byHand = true;
  drawMetrics();
}

// --- the chart

const WINDOWS_SECONDS = [30, 60, POINTS];

let chart = null;

function lines(one) {
  if (one.type === 'timer') return [['p50', data => data.p50], ['p95', data => data.p95], ['p99', data => data.p99]];
  return [[strings.series1[one.type], data => (one.type === 'counter' ? data.rate : data.value)]];
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function drawChart() {
  show(element('chart-title'), chosen ? chosen.label : strings.chartEmpty);
  if (!chosen) return;
  chart ??= newChart();
  // By the server's clock, which this machine's need not agree with.
  const now = latestAt + performance.now() - latestSeen;
  chart.data.datasets = lines(chosen).map(([name, figure], index) => {
    const stroke = colour(`--series-${index + 1}`);
    return {
      label: name,
      data: chosen.points.map(point => ({x: (point.at - now) / 1000, y: figure(point.data)})),
      borderColor: stroke,
      backgroundColor: stroke,
      borderWidth: 2,
      borderDash: [[], [6, 3], [2, 3]][index],
      pointRadius: chosen.points.length < 3 ? 3 : 0,
      tension: 0,
    };
  });
  const {x, y} = chart.options.scales;
  const ageSeconds = (now - chosen.points[0].at) / 1000;
  x.min = -WINDOWS_SECONDS.find(seconds => seconds >= ageSeconds || seconds === POINTS);
  x.max = 0;
  x.ticks.stepSize = -x.min / 6;
  for (const scale of [x, y]) {
    scale.ticks.color = colour('--soft');
    scale.grid.color = colour('--line');
  }
  chart.options.plugins.legend.labels.color = colour('--ink');
  chart.update('none');
}

function newChart() {
  return new Chart(element('chart'), {
    type: 'line',
    data: {datasets: []},
    options: {
      animation: false,
      parsing: false,
      maintainAspectRatio: false,
      interaction: {mode: 'nearest', axis: 'x', intersect: false},
      scales: {
        x: {
          type: 'linear',
          grid: {},
          ticks: {maxRotation: 0, callback: seconds => strings.ago(-seconds)},
        },
        y: {beginAtZero: true, grid: {}, ticks: {maxTicksLimit: 6}},
      },
      plugins: {
        legend: {align: 'end', labels: {boxWidth: 24, boxHeight: 2}},
        tooltip: {callbacks: {title: items => strings.ago(Math.round(-items[0].parsed.x))}},
      },
    },
  });
}

fill(strings, element('panel-metrics'));
on('event', remember);
element('filter').addEventListener('input', drawMetrics);
document.addEventListener('click', choose);
drawMetrics();
setInterval(drawMetrics, DRAW_MS);
