// Clips that play in place, and the names of clusters.

const data = JSON.parse(document.getElementById('data').textContent);
const sections = [...document.querySelectorAll('.cluster')];
const state = { names: {}, merged: {}, none: new Set() };
const status = document.getElementById('status'), play = document.getElementById('play');
let changed = false;

// Clips: a box shows one frame of the strip after the other, while it is in sight.

const clips = new Map([...document.querySelectorAll('.strip img')].filter((image) => image.dataset.frames > 1).map((image) => [
  image,
  image.animate([{ objectPosition: '0 0' }, { objectPosition: '100% 0' }], {
    duration: 1000 * Number(image.dataset.seconds), iterations: Infinity, easing: `steps(${image.dataset.frames}, jump-none)`,
  }),
]));
for (const image of clips.keys()) image.style.aspectRatio = `${image.getAttribute('width')} / ${image.getAttribute('height')}`;
const seen = new Set();
let playing = !matchMedia('(prefers-reduced-motion: reduce)').matches;

function run(image) {
  if (playing && seen.has(image)) clips.get(image).play(); else clips.get(image).pause();
}

function setPlaying(on) {
  playing = on;
  for (const image of clips.keys()) run(image);
  if (!play) return;
  play.textContent = on ? 'Pause clips' : 'Play clips';
}

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) seen.add(target); else seen.delete(target);
    run(target);
  }
});
for (const image of clips.keys()) sight.observe(image);

// Names.

function rootOf(cluster) {
  while (state.merged[cluster] !== undefined) cluster = state.merged[cluster];
  return cluster;
}

function tidy(text) {
  return text.replace(/[\s\p{C}\p{Z}]+/gu, ' ').trim();
}

function content() {
  const names = {}, merged = {};
  for (const { dataset: { cluster } } of sections) {
    if (state.merged[cluster] !== undefined) merged[cluster] = state.merged[cluster];
    const name = tidy(state.names[cluster] ?? '');
    if (name) names[cluster] = name;
  }
  const none = sections.map((section) => section.dataset.cluster).filter((cluster) => state.none.has(cluster));
  return { version: 1, names, merged, not_actions: none };
}

function text() { return `${JSON.stringify(content(), null, 2)}\n`; }

function show() {
  let named = 0;
  for (const section of sections) {
    const { cluster } = section.dataset, root = rootOf(cluster), joined = root !== cluster;
    const none = state.none.has(root), name = tidy(state.names[root] ?? '');
    if (none || joined || name) named += 1;
    const field = section.querySelector('.name'), button = section.querySelector('.none'), fate = section.querySelector('.fate');
    field.disabled = joined || none;
    if (field.disabled || field !== document.activeElement) field.value = joined ? name : state.names[cluster] ?? '';
    section.querySelector('.merge').value = state.merged[cluster] ?? '';
    button.setAttribute('aria-pressed', String(state.none.has(cluster)));
    section.classList.toggle('out', none);
    section.querySelector('.called').textContent = name && !none ? `${name} (${cluster})` : cluster;
    fate.hidden = !joined && !none;
    fate.textContent = none ? 'not an action' : joined ? `same as ${name || root}` : '';
  }
  for (const option of document.querySelectorAll('.merge option[value^=cluster]')) {
    const name = tidy(state.names[rootOf(option.value)] ?? '');
    option.textContent = name ? `${name} (${option.value})` : option.value;
  }
  status.textContent = `${named} of ${sections.length} clusters done${changed ? ', not saved' : ''}`;
  document.getElementById('json').textContent = text();
}

function merge(cluster, into) {
  delete state.merged[cluster];
  if (into) {
    // The other way round before: then that one stands for itself again.
    if (rootOf(into) === cluster) delete state.merged[into];
    const root = rootOf(into);
    if (root !== cluster) {
      state.none.delete(cluster);
      state.merged[cluster] = root;
      for (const other of Object.keys(state.merged)) if (state.merged[other] === cluster) state.merged[other] = root;
    }
  }
}

function toggleNone(cluster) {
  if (state.none.delete(cluster)) return;
  delete state.merged[cluster];
  state.none.add(cluster);
}

function use(given) {
  const known = new Set(sections.map((section) => section.dataset.cluster));
  const mentioned = [...Object.keys(given.names ?? {}), ...Object.entries(given.merged ?? {}).flat(), ...(given.not_actions ?? [])];
  const strange = mentioned.find((cluster) => !known.has(cluster));
  if (given.version !== 1 || strange !== undefined) throw new TypeError(strange ? `no cluster ${strange} here` : 'no file of names');
  Object.assign(state, { names: {}, merged: {}, none: new Set() });
  for (const [cluster, name] of Object.entries(given.names ?? {})) state.names[cluster] = String(name);
  for (const [cluster, into] of Object.entries(given.merged ?? {})) merge(cluster, into);
  for (const cluster of given.not_actions ?? []) if (!state.none.has(cluster)) toggleNone(cluster);
}

function save() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text()], { type: 'application/json' }));
  link.download = 'names.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  changed = false;
  show();
}

async function open(file) {
  try {
    use(JSON.parse(await file.text()));
    changed = false;
    show();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    status.textContent = `${file.name} cannot be used: ${error.message}`;
  }
}

for (const [index, section] of sections.entries()) {
  const { cluster } = section.dataset, field = section.querySelector('.name');
  const edit = (change) => { change(); changed = true; show(); };
  field.addEventListener('input', () => edit(() => { state.names[cluster] = field.value; }));
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    const next = sections.slice(index + 1).map((other) => other.querySelector('.name')).find((other) => !other.disabled);
    (next ?? document.getElementById('save')).focus();
  });
  section.querySelector('.merge').addEventListener('change', (event) => edit(() => merge(cluster, event.target.value)));
  section.querySelector('.none').addEventListener('click', () => edit(() => toggleNone(cluster)));
}
document.getElementById('save').addEventListener('click', save);
const file = document.getElementById('file');
document.getElementById('open').addEventListener('click', () => file.click());
file.addEventListener('change', () => { if (file.files.length) open(file.files[0]); file.value = ''; });
play?.addEventListener('click', () => setPlaying(!playing));
window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
use(data.names);
setPlaying(playing);
show();
