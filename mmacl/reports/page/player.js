// The video, the list of its segments, the keys.

const player = document.getElementById('player');
const list = document.getElementById('segments');
const line = timeline(data.videos[0], seek);
document.getElementById('timeline').append(line);
const { segments, place, select } = line.player || { segments: [], place: () => {}, select: () => {} };
const buttons = [...list.querySelectorAll('[data-segment]')];
let current = -1;

function seek(seconds, item) {
  player.currentTime = seconds;
  mark(item ? segments.indexOf(item) : -1);
}

/** Show a segment as the chosen one, in the list; -1: none. */
function mark(index) {
  if (current >= 0) buttons[current].removeAttribute('aria-current');
  current = index;
  const button = buttons[index];
  if (!button) return;
  button.setAttribute('aria-current', 'true');
  // Only the list scrolls, never the page.
  const row = button.getBoundingClientRect(), frame = list.getBoundingClientRect();
  if (row.top < frame.top || row.bottom > frame.bottom) list.scrollTop += row.top - frame.top - (frame.height - row.height) / 2;
}

function go(index) {
  const item = segments[index];
  if (!item) return;
  seek(item.start, item);
  select(item);
}

/** The next or previous segment in time, from the chosen one, or from where the video is. */
function step(by) {
  const now = player.currentTime, item = segments[current];
  if (item && now >= item.start - 0.1 && now <= item.end + 0.1) { go(current + by); return; }
  go(by > 0 ? segments.findIndex((other) => other.start > now) : segments.findLastIndex((other) => other.start < now));
}

function show() {
  const now = player.currentTime;
  place(now);
  segments.forEach((item, index) => buttons[index].classList.toggle('on', item.start <= now && now < item.end));
}

function follow() {
  show();
  if (!player.paused && !player.ended) requestAnimationFrame(follow);
}

const toggle = () => { if (player.paused) player.play().catch(() => {}); else player.pause(); };
list.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) go(Number(button.dataset.segment));
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // A button, a link and the player itself know the space bar.
  if (event.key === ' ' && event.target.closest('button, a, summary, video')) return;
  const act = { n: () => step(1), p: () => step(-1), ' ': toggle }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
player.addEventListener('play', follow);
for (const name of ['seeked', 'timeupdate', 'loadedmetadata', 'pause']) player.addEventListener(name, show);
document.addEventListener('click', (event) => { if (!event.target.closest('.plot')) hideTip(); });
window.addEventListener('scroll', hideTip, { passive: true });

const sources = player.querySelectorAll('source');
const trouble = () => { document.getElementById('trouble').hidden = false; };
if (sources.length) sources[sources.length - 1].addEventListener('error', trouble);
// The error may have come before this script; until the page is loaded, having no source says nothing.
window.addEventListener('load', () => { if (player.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) trouble(); });
show();
