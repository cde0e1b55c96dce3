// One video along time: ground truth, what each round found, both attentions. Drawn when it is opened.

const SVG = 'http://www.w3.org/2000/svg';
const [LANE, CURVE, EDGE] = [12, 64, 10];
// A page of one video says in data.limits that it shows more.
const { lanes: LANES, rows: ROWS } = data.limits || { lanes: 3, rows: 6 };

function draw(parent, tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

const colour = (label) => (label === undefined || label < 0 ? 'none' : `c${label % 7}`);
const plural = (number, word) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
const short = (number) => String(Number(number.toPrecision(3)));
const labelText = (label) => (label < 0 ? 'Ambiguous' : data.labels[label]);

function clock(seconds, long) {
  if (!long) return String(Number(seconds.toFixed(2)));
  const whole = Math.floor(seconds + 1e-6), part = seconds - whole;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}${part > 0.004 ? part.toFixed(1).slice(1) : ''}`;
}

/** What there is to draw: groups of rows of items, each item a segment. */
function contentOf(video) {
  const groups = [];
  const truth = [];
  for (let i = 0; i < (video.truth || []).length; i += 3) {
    const [start, end, label] = video.truth.slice(i, i + 3);
    truth.push({ what: 'ground truth', start: start * video.unit, end: end * video.unit, label, strength: 1 });
  }
  if (video.truth) groups.push(groupOf('Ground truth', truth, [], () => plural(video.instances, 'instance')));
  const first = [...new Set(truth.map((item) => item.label))];
  (video.found || []).forEach((flat, at) => {
    const items = [];
    for (let i = 0; i < flat.length; i += 6) {
      const [start, end, label, cluster, hit, score] = flat.slice(i, i + 6);
      items.push({ what: data.rounds[at] === null ? '' : `round ${data.rounds[at]}`, start: start * video.unit, end: end * video.unit, label, cluster, hit, score: score * data.scores[at] });
    }
    const scores = items.map((item) => item.score);
    const low = Math.min(...scores), high = Math.max(...scores);
    for (const item of items) item.strength = high > low ? 0.3 + 0.7 * (item.score - low) / (high - low) : 1;
    const quality = video.ap && video.ap[at] !== null ? `, AP ${video.ap[at].toFixed(1)} %` : '';
    if (data.rounds[at] === null) { groups.push(groupOf('Actions', items, first, (drawn) => `${drawn} of ${plural(video.total[at], 'segment')} drawn`)); return; }
    groups.push(groupOf(`Round ${data.rounds[at]}`, items, first, (drawn) => (video.total[at] ? `${drawn} of ${plural(video.total[at], 'detection')} drawn${quality}` : `no detections${quality}`)));
  });
  return groups;
}

function groupOf(title, items, first, more) {
  const present = new Set(items.map((item) => item.label));
  const labels = [...first.filter((label) => present.has(label)), ...[...present].filter((label) => !first.includes(label))];
  const rows = (first.length || more.length ? labels.slice(0, ROWS) : labels).map((label) => {
    const lanes = [];
    const drawn = items.filter((item) => {
      if (item.label !== label) return false;
      item.lane = lanes.findIndex((lane) => lane.every((other) => item.end <= other.start || other.end <= item.start));
      if (item.lane < 0 && lanes.length < LANES) item.lane = lanes.push([]) - 1;
      if (item.lane >= 0) lanes[item.lane].push(item);
      return item.lane >= 0;
    });
    return { label, items: drawn, lanes: lanes.length };
  });
  return { title, rows, all: items, more: more(rows.reduce((sum, row) => sum + row.items.length, 0)) };
}

const decode = (text, low, high) => Array.from(atob(text), (letter) => low + (high - low) * letter.charCodeAt(0) / 255);

function curvesOf(video) {
  if (video.panels) {
    return video.panels.map(({ values, label, ...rest }) => ({ ...rest, values: decode(values, rest.low, rest.high), class: colour(label), more: `${short(rest.low)} to ${short(rest.high)}` }));
  }
  if (!video.curves) return [];
  const { A, S, range, step, offset } = video.curves;
  const label = (data.clusters[video.cluster] || [])[0];
  const found = [
    { name: 'A', title: `A of cluster ${clusterText(video.cluster)}`, more: `p = ${video.p.toFixed(2)}, ${short(range[0])} to ${short(range[1])}`, values: decode(A, range[0], range[1]), low: range[0], high: range[1], class: colour(label), step, offset },
  ];
  if (S) {
    found.push({ name: 'S', title: 'S', more: `${short(range[2])} to ${short(range[3])}`, values: decode(S, range[2], range[3]), low: range[2], high: range[3], class: 'none', step, offset });
  }
  return found;
}

function factsOf(video) {
  const parts = [video.subset && `subset ${video.subset}`, video.seconds !== null && `${clock(video.seconds, false)} s`];
  if (video.trained) {
    const by = video.trained.map((clusters, at) => `${clusters.join(', ') || 'none'} in round ${data.rounds[at]}`);
    parts.push(`trained on, cluster ${by.join('; ')}`);
  }
  return parts.filter(Boolean).join(' · ');
}

function segmentTable(groups) {
  const items = groups.flatMap((group) => group.all);
  const cells = (item) => [item.what, labelText(item.label), item.start.toFixed(2), item.end.toFixed(2), item.score === undefined ? '' : short(item.score),
    item.cluster ?? '', item.hit === undefined || item.hit < 0 ? '' : item.hit ? 'yes' : 'no'];
  const head = ['what', 'action', 'start (s)', 'end (s)', 'score', 'cluster', 'finds an instance'];
  const text = (index) => (index < 2 ? 'text' : null);
  return make('table', {}, make('thead', {}, make('tr', {}, ...head.map((name, i) => make('th', { scope: 'col', class: text(i) }, name)))),
    make('tbody', {}, ...items.map((item) => make('tr', {}, ...cells(item).map((value, i) => make('td', { class: text(i) }, make('bdi', {}, String(value))))))));
}

/**
 * The element that holds a video's timeline; it redraws itself when its width changes. With onSeek(seconds, item), clicks
 * and keys move a player, and the element's `player` shows where that is.
 */
function timeline(video, onSeek) {
  const groups = contentOf(video), curves = curvesOf(video);
  const items = groups.flatMap((group) => group.rows.flatMap((row) => [...row.items].sort((a, b) => a.start - b.start)));
  items.forEach((item, index) => { item.index = index; });
  const end = Math.max(video.seconds || 0, ...items.map((item) => item.end)) || 1;
  const view = { from: 0, to: end, chosen: -1, end, long: end >= 180 };
  const box = make('div', { class: 'timeline' });
  const facts = make('p', { class: 'note' }, factsOf(video));
  if (!items.length && !curves.length) {
    box.append(facts, make('p', { class: 'note' }, video.validated ? 'No data for this video.' : 'Not a validation video: only its clusters are recorded.'));
    return box;
  }
  const span = make('span', { class: 'span' });
  const heard = make('span', { class: 'heard', role: 'status', 'aria-live': 'polite' });
  const plot = make('div', { class: 'plot', tabindex: 0, role: 'group', 'aria-roledescription': 'timeline',
    'aria-label': `Timeline of ${video.name}: ${groups.map((group) => `${group.title}, ${group.more}`).join('; ')}. Left and right arrows step through segments.` });
  const placeHead = () => {
    const svg = plot.firstChild;
    if (view.now === undefined || !svg) return;
    const line = svg.querySelector('.head') || draw(svg, 'line', { class: 'head', y1: 0, y2: plot.clientHeight - 16 });
    const x = view.left + (view.now - view.from) / (view.to - view.from) * (view.right - view.left);
    for (const name of ['x1', 'x2']) line.setAttribute(name, x);
    line.toggleAttribute('hidden', x < view.left - 1 || x > view.right + 1);
  };
  const redraw = () => {
    const width = plot.clientWidth;
    if (!width) return;
    plot.replaceChildren(drawTimeline(video, groups, curves, view, width));
    placeHead();
    span.textContent = `${clock(view.from, view.long)} to ${clock(view.to, view.long)}${view.long ? '' : ' s'}`;
  };
  const zoom = (factor, shift = 0) => {
    const length = Math.min(Math.max((view.to - view.from) * factor, end / 200), end);
    const middle = (view.from + view.to) / 2 + shift * (view.to - view.from);
    view.from = Math.min(Math.max(middle - length / 2, 0), end - length);
    view.to = view.from + length;
    redraw();
  };
  const whole = () => { view.from = 0; view.to = end; redraw(); };
  const button = (text, label, act) => {
    const element = make('button', { type: 'button', 'aria-label': label, title: label }, text);
    element.addEventListener('click', act);
    return element;
  };
  const tools = make('div', { class: 'tools' }, button('+', 'Zoom in', () => zoom(0.5)), button('−', 'Zoom out', () => zoom(2)),
    button('◀', 'Earlier', () => zoom(1, -0.5)), button('▶', 'Later', () => zoom(1, 0.5)), button('Whole video', 'Show the whole video', whole), span);
  const choose = (index) => {
    view.chosen = Math.min(Math.max(index, 0), items.length - 1);
    const item = items[view.chosen];
    if (!item) return;
    if (onSeek) onSeek(item.start, item);
    if (item.end < view.from || item.start > view.to) zoom(1, ((item.start + item.end) / 2 - (view.from + view.to) / 2) / (view.to - view.from));
    redraw();
    heard.textContent = tipOf(item).replaceAll('\n', ', ');
    const bar = plot.querySelector('.chosen');
    if (bar) { const at = bar.getBoundingClientRect(); showTip(tipOf(item), at.left + at.width / 2, at.bottom); }
  };
  plot.addEventListener('keydown', (event) => {
    const acts = { ArrowRight: () => choose(view.chosen + 1), ArrowLeft: () => choose(view.chosen - 1), '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), 0: whole, Escape: hideTip };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  });
  plot.addEventListener('blur', () => { view.chosen = -1; hideTip(); });
  followPointer(plot, items, curves, view, redraw, onSeek);
  const segments = make('details', { class: 'about' }, make('summary', {}, 'Segments as a table'));
  segments.addEventListener('toggle', () => {
    if (segments.open && segments.children.length === 1) segments.append(make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Segments' }, segmentTable(groups)));
  });
  box.append(facts, tools, plot, heard, segments);
  new ResizeObserver(redraw).observe(plot);
  box.player = {
    segments: groups.flatMap((group) => group.all),
    place: (seconds) => {
      view.now = seconds;
      if (view.to - view.from < end && (seconds < view.from || seconds > view.to)) zoom(1, (seconds - view.from) / (view.to - view.from) - 0.1);
      else placeHead();
    },
    select: (item) => { view.chosen = item.index ?? -1; redraw(); },
  };
  return box;
}

function tipOf(item) {
  const lines = [labelText(item.label), `${item.start.toFixed(2)} to ${item.end.toFixed(2)} s (${(item.end - item.start).toFixed(2)} s)`];
  lines.push(item.score === undefined ? item.what : [item.what, `score ${short(item.score)}`, `cluster ${item.cluster}`].filter(Boolean).join(', '));
  if (item.hit >= 0) lines.push(item.hit ? `finds an instance at tIoU ${data.hit}` : `finds no instance at tIoU ${data.hit}`);
  return lines.join('\n');
}

const tip = document.getElementById('tip');
const hideTip = () => { tip.hidden = true; };

function showTip(text, left, top) {
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const below = top + 14 + height < window.innerHeight;
  tip.style.left = `${Math.max(6, Math.min(left + 10, document.documentElement.clientWidth - width - 6))}px`;
  tip.style.top = `${below ? top + 14 : Math.max(6, top - height - 14)}px`;
}

/** Tooltips under the pointer, and a stretch dragged with the mouse to zoom into. */
function followPointer(plot, items, curves, view, redraw, onSeek) {
  let dragged = null, pressed, touched = false;
  const at = (event) => {
    const box = plot.getBoundingClientRect();
    const px = Math.min(Math.max(event.clientX - box.left, view.left), view.right);
    return { px, y: event.clientY - box.top, seconds: view.from + (px - view.left) / (view.right - view.left) * (view.to - view.from) };
  };
  const mark = (tag, name, attributes) => {
    const svg = plot.firstChild;
    const element = svg.querySelector(`.${name}`) || draw(svg, tag, { class: name });
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  };
  const point = (event) => {
    const { px, y, seconds } = at(event);
    mark('line', 'cursor', { x1: px, x2: px, y1: 0, y2: plot.clientHeight });
    if (dragged) mark('rect', 'drag', { x: Math.min(px, dragged.px), width: Math.abs(px - dragged.px), y: 0, height: plot.clientHeight });
    const index = event.target.dataset && event.target.dataset.i;
    const panel = view.panels.find(([top, bottom]) => y >= top && y <= bottom);
    if (index !== undefined) showTip(tipOf(items[Number(index)]), event.clientX, event.clientY);
    else if (panel) {
      const curve = panel[2], value = curve.values[Math.floor((seconds - curve.offset) / curve.step)];
      showTip(`${curve.name} ${value === undefined ? 'is not known here' : short(value)}\nat ${clock(seconds, view.long)}${view.long ? '' : ' s'}`, event.clientX, event.clientY);
    } else hideTip();
  };
  plot.addEventListener('pointermove', point);
  const seekTo = (event) => { if (onSeek) onSeek(pressed ? pressed.start : at(event).seconds, pressed); };
  // A finger leaves at once, and what it has pointed at stays until the page is scrolled or something else is touched.
  plot.addEventListener('pointerleave', (event) => { dragged = null; if (event.pointerType === 'mouse') { hideTip(); redraw(); } });
  plot.addEventListener('pointerdown', (event) => {
    pressed = items[event.target.dataset && event.target.dataset.i];
    touched = event.pointerType !== 'mouse';
    if (event.pointerType !== 'mouse') point(event);
    else if (event.button === 0) dragged = at(event);
  });
  plot.addEventListener('pointerup', (event) => {
    const start = dragged, stop = at(event);
    dragged = null;
    if (!start || Math.abs(stop.px - start.px) < 6) { if (start) { redraw(); seekTo(event); } return; }
    const [from, to] = [start.seconds, stop.seconds].sort((a, b) => a - b);
    if (to - from >= view.end / 200) { view.from = from; view.to = to; }
    redraw();
  });
  // A finger may have scrolled, which is no click.
  plot.addEventListener('click', (event) => { if (touched) seekTo(event); });
}
