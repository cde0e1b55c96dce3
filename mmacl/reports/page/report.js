// The rest of the page: links to videos, large pictures, paper.

function followHash() {
  const wanted = location.hash.match(/^#video=(.*)$/);
  if (!wanted) return;
  let name = '';
  try { name = decodeURIComponent(wanted[1]); } catch (error) { if (!(error instanceof URIError)) throw error; }
  const video = videos.find((candidate) => candidate.name === name);
  if (video) reveal(video.number);
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('.plot')) hideTip();
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.video !== undefined) reveal(Number(button.dataset.video));
  if (button.classList.contains('enlarge')) {
    const dialog = document.getElementById('large'), shown = button.querySelector('img'), image = dialog.querySelector('img');
    image.src = shown.src;
    image.alt = shown.alt;
    dialog.showModal();
  }
});
document.getElementById('large').addEventListener('click', (event) => { if (event.target === event.currentTarget) event.currentTarget.close(); });
document.querySelector('a[href="#quality"]')?.addEventListener('click', () => { document.getElementById('quality').open = true; });
window.addEventListener('hashchange', followHash);
window.addEventListener('scroll', hideTip, { passive: true });
startList();
followHash();
