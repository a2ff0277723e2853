// Fetches the page again and again and takes over what has changed in its live regions. Without it, a reload does.
const everyMs = Number(document.body.dataset.refresh);
let shown = new Map();

const regionsOf = (page) => [...page.querySelectorAll('[data-live]')];

/** Somebody is about to copy or to click something in there: it must not move under their hands. */
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
    // What is kept back now is still news at the next turn.
    shown.set(fresh.id, isStale && isInUse(region) ? had : html);
    if (isStale && !isInUse(region)) takeOver(region, fresh);
  }
}

function loop() {
  // A tenant that is being restarted answers again soon.
  void refresh()
    .catch(() => {})
    .then(() => setTimeout(loop, everyMs));
}

for (const region of regionsOf(document)) shown.set(region.id, region.innerHTML);
if (everyMs > 0) setTimeout(loop, everyMs);
