(function () {
  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];

  // What a link points to may lie in closed parts: open them.
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal();
  });

  // Very many flows are packed: they say much the same over and over.
  const packed = one("#packed");
  if (packed) {
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    new Response(stream).text().then((text) => {
      one("#drawn").innerHTML = text;
      reveal();
    }, () => { one("#unpacking").textContent = "This browser cannot unpack the flows: a newer one can."; });
  }

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open]):not(.engineer)");
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));

  // Findings: by word and by weight.
  const find = one("#find");
  if (find) {
    const cards = all("details.finding");
    const texts = cards.map((card) => card.textContent.toLowerCase());
    const boxes = all("input[name=weight]");
    const filter = () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      const weights = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      let count = 0;
      cards.forEach((card, at) => {
        const fits = weights.has(card.dataset.weight) && words.every((word) => texts[at].includes(word));
        card.hidden = !fits;
        count += fits;
      });
      all("section.group").forEach((group) => { group.hidden = !one("details.finding:not([hidden])", group); });
      one("#shown").textContent = count === cards.length ? "" : count + " of " + cards.length + " shown";
    };
    find.addEventListener("input", filter);
    boxes.forEach((box) => box.addEventListener("change", filter));
    find.form.addEventListener("submit", (event) => event.preventDefault());
  }

  // The map: one node and its neighbours.
  const source = one("#map-data");
  if (source) neighbours.begin(JSON.parse(source.textContent));
  reveal();
})();
