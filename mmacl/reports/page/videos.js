// The list of videos: search, filters, order, pages. Names come from data sets, so they are only ever set as text.

const PAGE_SIZE = 25;
const byName = new Intl.Collator(undefined, { numeric: true });

function labelsIn(flat, width) {
  const found = new Set();
  for (let i = 2; i < flat.length; i += width) if (flat[i] >= 0) found.add(flat[i]);
  return [...found];
}

const last = data.rounds.length - 1;
const videos = data.videos.map((video, number) => {
  const truth = video.truth ? labelsIn(video.truth, 3) : null;
  const found = video.found ? labelsIn(video.found[last], 6) : [];
  const trained = video.trained ? video.trained[last] : [];
  const actions = truth || found;
  return {
    ...video,
    number,
    actions,
    validated: Boolean(video.found),
    isTrained: Boolean(video.trained),
    instances: video.truth ? countInstances(video.truth) : null,
    quality: video.ap ? video.ap[last] : null,
    detections: video.total ? video.total[last] : null,
    inClusters: video.cluster === undefined ? trained : [video.cluster],
    text: [video.name, ...actions.map((label) => data.labels[label])].join('\n').toLowerCase(),
  };
});

function countInstances(flat) {
  let count = 0;
  for (let i = 2; i < flat.length; i += 3) count += flat[i] >= 0;
  return count;
}

/** A cluster with the actions that it stands for. */
function clusterText(cluster) {
  const actions = (data.clusters[cluster] || []).map((label) => data.labels[label]);
  const own = actions.length === 1 && actions[0].startsWith('cluster_');
  return actions.length && !own ? `${cluster} (${actions.join(', ')})` : String(cluster);
}

function clusterCell(video) {
  const text = video.inClusters.slice(0, 4).join(', ') + (video.inClusters.length > 4 ? ', …' : '');
  return video.p === undefined ? text : `${text}, ${video.p.toFixed(2)}`;
}

function qualityCell(video) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'meter');
  svg.setAttribute('viewBox', '0 0 100 10');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const width of [100, video.quality]) {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    rect.setAttribute('width', width);
    rect.setAttribute('height', 10);
    svg.append(rect);
  }
  return [svg, make('span', { class: 'number' }, video.quality.toFixed(1))];
}

const COLUMNS = [
  { key: 'name', title: 'Video', value: (v) => v.name, text: true },
  { key: 'actions', title: data.hit === null ? 'Found' : 'Actions', value: (v) => v.actions.map((l) => data.labels[l]).join(', ') || null, text: true },
  { key: 'instances', brief: 'Inst.', title: 'Instances', value: (v) => v.instances },
  { key: 'seconds', brief: 'Sec.', title: 'Seconds', value: (v) => v.seconds, cell: (v) => v.seconds.toFixed(1) },
  { key: 'quality', brief: 'AP %', title: 'Video AP (%)', value: (v) => v.quality, cell: qualityCell },
  { key: 'detections', brief: 'Det.', title: 'Detections', value: (v) => v.detections },
  { key: 'cluster', brief: 'Cluster, p', title: 'Cluster, p', value: (v) => (v.inClusters.length ? v.p ?? 0 : null), cell: clusterCell },
].filter((column) => videos.some((video) => column.value(video) !== null));

const state = { sort: 'name', down: false, page: 0, open: new Set(), shown: [] };
const form = document.getElementById('filters');
const fields = { search: null, part: null, action: null, cluster: null, sort: null };
for (const name of Object.keys(fields)) fields[name] = document.getElementById(name);

function fillSelect(select, options) {
  select.replaceChildren(...options.map(([value, text]) => make('option', { value }, text)));
  select.parentElement.hidden = options.length < 2;
}

function fillFilters() {
  const validated = videos.filter((video) => video.validated).length;
  const trained = videos.filter((video) => video.isTrained).length;
  const parts = [['validated', `validation (${validated})`], ['trained', `training (${trained})`], ['all', `all (${videos.length})`]];
  const apart = validated && trained && validated < videos.length;
  fillSelect(fields.part, apart ? parts : [['all', 'all']]);
  const actions = [...new Set(videos.flatMap((video) => video.actions))].sort((a, b) => byName.compare(data.labels[a], data.labels[b]));
  fillSelect(fields.action, [['', 'any'], ...actions.map((label) => [label, data.labels[label]])]);
  const clusters = [...new Set(videos.flatMap((video) => video.inClusters))].sort((a, b) => a - b);
  fillSelect(fields.cluster, [['', 'any'], ...clusters.map((cluster) => [cluster, clusterText(cluster)])]);
  const orders = COLUMNS.flatMap((column) => column.text
    ? [[`${column.key} up`, `${column.title}, A to Z`]]
    : [[`${column.key} down`, `${column.title}, most first`], [`${column.key} up`, `${column.title}, least first`]]);
  fillSelect(fields.sort, orders);
}

function select() {
  const words = fields.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const { value: part } = fields.part, { value: action } = fields.action, { value: cluster } = fields.cluster;
  const exact = state.exact;
  const kept = videos.filter((video) => exact !== undefined ? video.number === exact : (
    (part === 'all' || (part === 'validated' ? video.validated : video.isTrained))
    && (!action || video.actions.includes(Number(action)))
    && (!cluster || video.inClusters.includes(Number(cluster)))
    && words.every((word) => video.text.includes(word))));
  const column = COLUMNS.find((candidate) => candidate.key === state.sort);
  const sign = state.down ? -1 : 1;
  const keys = new Map(kept.map((video) => [video, column.value(video)]));
  kept.sort((a, b) => {
    const x = keys.get(a), y = keys.get(b);
    if (x === null || y === null) return (x === null) - (y === null);
    return sign * (column.text ? byName.compare(x, y) : x - y) || a.number - b.number;
  });
  state.shown = kept;
}

function cellOf(column, video) {
  const value = column.value(video);
  const content = value === null ? ['–'] : column.cell ? [column.cell(video)].flat() : [String(value)];
  if (column.key === 'name') {
    const open = state.open.has(video.number);
    const button = make('button', { type: 'button', class: 'open', 'aria-expanded': open, 'data-number': video.number }, make('bdi', {}, video.name));
    return make('th', { scope: 'row', class: 'name', role: 'rowheader' }, button);
  }
  if (column.text) return make('td', { class: 'text', role: 'cell' }, make('bdi', {}, ...content));
  return make('td', { role: 'cell', 'data-label': column.brief }, ...content);
}

function heading(column) {
  const sorted = state.sort === column.key;
  const arrow = sorted ? (state.down ? ' ↓' : ' ↑') : '';
  return make('th', { scope: 'col', role: 'columnheader', class: column.text ? 'text' : null, 'aria-sort': sorted ? (state.down ? 'descending' : 'ascending') : null },
    make('button', { type: 'button', 'data-sort': column.key }, column.title, make('span', { 'aria-hidden': 'true' }, arrow)));
}

function showList() {
  const first = state.page * PAGE_SIZE;
  const rows = state.shown.slice(first, first + PAGE_SIZE).flatMap((video) => {
    const row = make('tr', { role: 'row' }, ...COLUMNS.map((column) => cellOf(column, video)));
    return state.open.has(video.number) ? [row, detailRow(video)] : [row];
  });
  const table = make('table', { class: 'videos', role: 'table', 'aria-labelledby': 'videos-title' },
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...COLUMNS.map(heading))),
    make('tbody', { role: 'rowgroup' }, ...rows));
  document.getElementById('list').replaceChildren(...(rows.length ? [table] : []));
  const pages = Math.max(1, Math.ceil(state.shown.length / PAGE_SIZE));
  const step = (text, by, off) => make('button', { type: 'button', 'data-page': by, disabled: off }, text);
  document.getElementById('pager').replaceChildren(...(pages > 1 ? [
    step('First', -1e9, state.page === 0), step('Previous', -1, state.page === 0),
    make('span', {}, `${state.page + 1} of ${pages}`), step('Next', 1, state.page === pages - 1)] : []));
  const number = state.shown.length;
  const text = number ? `${number.toLocaleString('en')} of ${videos.length.toLocaleString('en')} videos. A name opens its timeline.` : 'No video matches. “Show all” removes the filters.';
  document.getElementById('count').textContent = text;
}

function detailRow(video) {
  const cell = make('td', { colspan: COLUMNS.length, role: 'cell' });
  cell.append(timeline(video));
  return make('tr', { class: 'detail', role: 'row' }, cell);
}

function refresh(page = 0) {
  select();
  state.page = Math.min(Math.max(page, 0), Math.max(0, Math.ceil(state.shown.length / PAGE_SIZE) - 1));
  showList();
}

function sortBy(key, down) {
  const column = COLUMNS.find((candidate) => candidate.key === key);
  state.down = down ?? (state.sort === key ? !state.down : !column.text);
  state.sort = key;
  fields.sort.value = `${key} ${state.down ? 'down' : 'up'}`;
  refresh();
}

function toggle(number) {
  const opened = !state.open.delete(number);
  if (opened) state.open.add(number);
  showList();
  const button = document.querySelector(`#list [data-number="${number}"]`);
  if (button) button.focus({ preventScroll: true });
  history.replaceState(null, '', opened ? `#video=${encodeURIComponent(videos[number].name)}` : '#videos');
}

/** Show one video alone, with its timeline. */
function reveal(number) {
  form.reset();
  state.exact = number;
  state.open.clear();
  state.open.add(number);
  fields.search.value = videos[number].name;
  refresh();
  history.replaceState(null, '', `#video=${encodeURIComponent(videos[number].name)}`);
  document.getElementById('filters').scrollIntoView();
  document.querySelector(`#list [data-number="${number}"]`).focus({ preventScroll: true });
}

function startList() {
  fillFilters();
  let waiting = 0;
  const change = () => { state.exact = undefined; refresh(); };
  fields.search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(change, 80); });
  for (const name of ['part', 'action', 'cluster']) fields[name].addEventListener('change', change);
  fields.sort.addEventListener('change', () => sortBy(...((words) => [words[0], words[1] === 'down'])(fields.sort.value.split(' '))));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { state.sort = 'name'; state.down = false; if (state.exact === undefined || !fields.search.value) change(); }));
  document.getElementById('list').addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button && button.dataset.number) toggle(Number(button.dataset.number));
    if (button && button.dataset.sort) {
      sortBy(button.dataset.sort);
      document.querySelector(`#list [data-sort="${button.dataset.sort}"]`).focus();
    }
  });
  document.getElementById('pager').addEventListener('click', (event) => {
    const by = event.target.dataset.page;
    if (by === undefined) return;
    refresh(state.page + Number(by));
    document.getElementById('filters').scrollIntoView();
  });
  refresh();
}
