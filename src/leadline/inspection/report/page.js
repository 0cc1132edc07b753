"use strict";
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
  if (source) {
    const { nodes, links, stops, start } = JSON.parse(source.textContent);
    const [NAME, LABEL, KIND, SYSTEM, LIVE] = [0, 1, 2, 3, 4];
    const into = nodes.map(() => []), out = nodes.map(() => []);
    links.forEach(([from, to, relation, steps]) => {
      const words = relation + (steps.length ? ": " + steps.join("; ") : "");
      out[from].push({ at: to, kind: relation, words: words.replace(/^is read by/, "reads it").replace(/^starts/, "starts by it") });
      into[to].push({ at: from, kind: relation, words: words.replace(/^is read by/, "is read").replace(/^writes/, "writes it").replace(/^sends/, "sends it") });
    });
    const title = (n) => nodes[n][LABEL] + " (" + (nodes[n][SYSTEM] ? nodes[n][SYSTEM] + " " : "") + nodes[n][KIND] + (nodes[n][LIVE] ? "" : ", off") + ")";
    const byTitle = new Map(nodes.map((_, n) => [title(n), n]));
    const input = one("#node"), list = one("#nodes"), drawing = one("#drawing");
    [...byTitle.keys()].sort().slice(0, 5000).forEach((name) => {
      const option = document.createElement("option");
      option.value = name;
      list.append(option);
    });
    const SVG = "http://www.w3.org/2000/svg";
    const make = (name, attributes, parent, text) => {
      const element = document.createElementNS(SVG, name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      if (text !== undefined) element.textContent = text;
      parent.append(element);
      return element;
    };
    const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
    const merged = (list) => {
      const seen = new Map();
      list.forEach((edge) => { const key = edge.at + "|" + edge.words; if (!seen.has(key)) seen.set(key, edge); });
      return [...seen.values()];
    };
    const sides = (list) => [...new Map(list.map((edge) => [edge.at, edge])).values()];
    const MOST = 12;

    function draw(n) {
      const left = sides(into[n]).slice(0, MOST), right = sides(out[n]).slice(0, MOST);
      const wide = drawing.clientWidth > 640, row = 52, width = wide ? 1040 : 380;
      const box = wide ? 280 : 340;
      const rows = wide ? Math.max(left.length, right.length, 1) : left.length + right.length + 1;
      const height = rows * row + 28;
      drawing.replaceChildren(drawing.firstElementChild);
      drawing.firstElementChild.textContent = nodes[n][LABEL] + " and its neighbours";
      drawing.setAttribute("viewBox", "0 0 " + width + " " + height);
      const centre = wide ? { x: (width - box) / 2, y: height / 2 - 20 } : { x: 20, y: 14 + left.length * row };
      const node = (at, x, y, middle) => {
        const group = make("g", { class: "node" + (middle ? " middle" : "") }, drawing);
        make("rect", { x, y, width: box, height: 40, rx: 8 }, group);
        make("text", { x: x + 12, y: y + 17 }, group, short(nodes[at][LABEL], wide ? 34 : 42));
        make("text", { x: x + 12, y: y + 33, class: "small" }, group, (nodes[at][SYSTEM] ? nodes[at][SYSTEM] + " · " : "") + nodes[at][KIND] + (nodes[at][LIVE] ? "" : ", off"));
        if (!middle) group.addEventListener("click", () => show(at));
      };
      const line = (a, b, kind) => {
        const bend = wide ? (b.x - a.x) / 2 : 0;
        make("path", { class: kind.replaceAll(" ", "-"), d: "M" + a.x + "," + a.y + " C" + (a.x + bend) + "," + a.y + " " + (b.x - bend) + "," + b.y + " " + b.x + "," + b.y }, drawing);
      };
      const place = (count, at) => (height - count * row) / 2 + at * row + 6;
      left.forEach((edge, at) => {
        const spot = wide ? { x: 20, y: place(left.length, at) } : { x: 20, y: 14 + at * row };
        if (wide) line({ x: spot.x + box, y: spot.y + 20 }, { x: centre.x, y: centre.y + 20 }, edge.kind);
        else line({ x: spot.x + 10, y: spot.y + 40 }, { x: spot.x + 10, y: centre.y }, edge.kind);
        node(edge.at, spot.x, spot.y);
      });
      right.forEach((edge, at) => {
        const spot = wide ? { x: width - box - 20, y: place(right.length, at) } : { x: 20, y: centre.y + (at + 1) * row };
        if (wide) line({ x: centre.x + box, y: centre.y + 20 }, { x: spot.x, y: spot.y + 20 }, edge.kind);
        else line({ x: spot.x + box - 10, y: centre.y + 40 }, { x: spot.x + box - 10, y: spot.y }, edge.kind);
        node(edge.at, spot.x, spot.y);
      });
      node(n, centre.x, centre.y, true);
      const more = sides(into[n]).length - left.length + sides(out[n]).length - right.length;
      one("#more").textContent = more ? "and " + more + " more, listed below" : "";
    }

    function fill(place, edges, empty) {
      const items = merged(edges).map((edge) => {
        const item = document.createElement("li"), button = document.createElement("button");
        button.type = "button";
        button.className = "go";
        button.textContent = title(edge.at);
        button.addEventListener("click", () => show(edge.at));
        item.append(button, ": " + edge.words);
        return item;
      });
      if (!items.length) {
        const item = document.createElement("li");
        item.textContent = empty;
        items.push(item);
      }
      one(place).replaceChildren(...items);
    }

    function gone(n) {
      const items = stops[n].map(([at, why, sure]) => {
        const item = document.createElement("li");
        item.textContent = title(at) + (sure ? " stops: " : " may suffer: ") + why + ".";
        return item;
      });
      if (!items.length) {
        const item = document.createElement("li");
        item.textContent = "No live flow of the files given notices. What is outside of them (reports, forms, people) is not known.";
        items.push(item);
      }
      one("#gone").replaceChildren(...items);
    }

    let current = start;
    function show(n) {
      current = n;
      input.value = "";
      input.placeholder = title(n);
      one("#gone-h").textContent = "If I delete " + nodes[n][LABEL];
      draw(n);
      fill("#fills", into[n], "Nothing of the files given.");
      fill("#used", out[n], "Nothing of the files given.");
      gone(n);
    }
    if (nodes.length) {
      one("#around").hidden = false;
      const choose = () => {
        const words = input.value.trim().toLowerCase();
        if (!words) return;
        const exact = byTitle.get(input.value.trim());
        const near = exact !== undefined ? exact : nodes.findIndex((node) => node[LABEL].toLowerCase().includes(words) || node[NAME].toLowerCase().includes(words));
        if (near >= 0) show(near);
      };
      input.addEventListener("change", choose);
      input.form.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
      addEventListener("resize", () => draw(current));
      show(start);
    }
  }
  reveal();
})();
