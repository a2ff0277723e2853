// Polls the page and replaces its live regions that have changed. Without this script, reload the page.
const everyMs = Number(document.body.dataset.refresh);
let shown = new Map();

const regionsOf = (page) => [...page.querySelectorAll('[data-live]')];

/** Whether the user is selecting or clicking in a region: it must not change meanwhile. */
function isInUse(region) {
  const selection = document.getSelection();
  const isSelected = selection !== null && !selection.isCollapsed && selection.containsNode(region, true);
  return isSelected || region.matches(':active') || region.querySelector(':focus-visible') !== null;
}

function takeOver(region, fresh) {
  const opened = new Set([...region.querySelectorAll('details[open][id]')].map(({ id }) => id));
  region.replaceChildren(...fresh.childNodes);
  for (const details of region.querySelectorAll('details[id]')) details.open = opened.has(details.id);
}

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.pathname + location.search, { cache: 'no-store' });
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const before = shown;
  shown = new Map();
  for (const fresh of regionsOf(page)) {
    const region = document.getElementById(fresh.id);
    if (region === null) continue;
    const html = fresh.innerHTML;
    const had = before.get(fresh.id);
    const isStale = had !== html;
    // A region that is in use keeps its old text here, so that the next poll updates it.
    shown.set(fresh.id, isStale && isInUse(region) ? had : html);
    if (isStale && !isInUse(region)) takeOver(region, fresh);
  }
}

function loop() {
  // Errors are ignored: a tenant that restarts answers again soon.
  void refresh()
    .catch(() => {})
    .then(() => setTimeout(loop, everyMs));
}

for (const region of regionsOf(document)) shown.set(region.id, region.innerHTML);
if (everyMs > 0) setTimeout(loop, everyMs);

async function copy(box, button) {
  await navigator.clipboard.writeText(box.querySelector('pre').textContent);
  button.textContent = 'Copied';
}

// Texts to paste get a button that copies them, where the browser allows it.
for (const box of navigator.clipboard === undefined ? [] : document.querySelectorAll('.paste')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'small copy';
  button.textContent = 'Copy';
  button.addEventListener('click', () => void copy(box, button));
  box.append(button);
}
