"use strict";
// One node of the map with its neighbours: shared by the page of a project and the report.
const neighbours = (function () {
  const one = (selector) => document.querySelector(selector);
  const SVG = "http://www.w3.org/2000/svg";
  const [NAMES, LABEL, KIND, SYSTEM, LIVE] = [0, 1, 2, 3, 4];
  const MOST = 12, MOST_NARROW = 6, LISTED = 8;

  function begin(data) {
    const { nodes, links, gone, about, words, start } = data;
    if (!nodes.length) return { show: () => {}, told: () => {} };
    const into = nodes.map(() => []), out = nodes.map(() => []);
    links.forEach(([from, to, relation, steps]) => {
      const said = (told) => (told[relation] || relation) + (steps.length ? ": " + steps.join("; ") : "");
      out[from].push({ at: to, kind: relation, words: said(words.out) });
      into[to].push({ at: from, kind: relation, words: said(words.into) });
    });
    const under = (n) => (nodes[n][SYSTEM] && nodes[n][SYSTEM] !== nodes[n][LABEL] ? nodes[n][SYSTEM] + " · " : "") + nodes[n][KIND] + (nodes[n][LIVE] ? "" : ", off");
    const title = (n) => nodes[n][LABEL] + " (" + under(n).replace(" · ", " ") + ")";
    const byTitle = new Map(nodes.map((_, n) => [title(n), n]));
    const input = one("#node"), list = one("#nodes"), drawing = one("#drawing");
    [...byTitle.keys()].sort().slice(0, 5000).forEach((name) => {
      const option = document.createElement("option");
      option.value = name;
      list.append(option);
    });
    const make = (name, attributes, parent, text) => {
      const element = document.createElementNS(SVG, name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      if (text !== undefined) element.textContent = text;
      parent.append(element);
      return element;
    };
    const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
    const merged = (edges) => {
      const seen = new Map();
      edges.forEach((edge) => { const key = edge.at + "|" + edge.words; if (!seen.has(key)) seen.set(key, edge); });
      return [...seen.values()];
    };
    const sides = (edges) => [...new Map(edges.map((edge) => [edge.at, edge])).values()];

    function draw(n) {
      const wide = drawing.clientWidth > 640, most = wide ? MOST : MOST_NARROW;
      const left = sides(into[n]).slice(0, most), right = sides(out[n]).slice(0, most);
      const row = 52, width = wide ? 1040 : 380;
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
        make("text", { x: x + 12, y: y + 33, class: "small" }, group, short(under(at), wide ? 42 : 50));
        if (middle) {
          group.setAttribute("tabindex", "-1");
          group.setAttribute("aria-label", title(at));
        } else {
          operable(group, title(at), () => { show(at); drawing.querySelector(".middle").focus(); });
        }
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
      node(n, centre.x, centre.y, true);
      right.forEach((edge, at) => {
        const spot = wide ? { x: width - box - 20, y: place(right.length, at) } : { x: 20, y: centre.y + (at + 1) * row };
        if (wide) line({ x: centre.x + box, y: centre.y + 20 }, { x: spot.x, y: spot.y + 20 }, edge.kind);
        else line({ x: spot.x + box - 10, y: centre.y + 40 }, { x: spot.x + box - 10, y: spot.y }, edge.kind);
        node(edge.at, spot.x, spot.y);
      });
      const more = sides(into[n]).length - left.length + sides(out[n]).length - right.length;
      one("#more").textContent = more ? "and " + more + " more, listed below" : "";
    }

    function go(at) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "go";
      button.textContent = title(at);
      button.addEventListener("click", () => { show(at); input.focus({ preventScroll: true }); });
      return button;
    }

    function list_in(place, items, empty) {
      const made = items.map((parts) => {
        const item = document.createElement("li");
        item.append(...parts);
        return item;
      });
      if (!made.length && empty) {
        const item = document.createElement("li");
        item.textContent = empty;
        made.push(item);
      }
      one(place).replaceChildren(...made.slice(0, made.length > LISTED + 2 ? LISTED : made.length));
      const rest = made.slice(one(place).childElementCount);
      if (!rest.length) return;
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.className = "go";
      button.textContent = "Show " + rest.length + " more";
      button.addEventListener("click", () => {
        item.replaceWith(...rest);
        rest[0].setAttribute("tabindex", "-1");
        rest[0].focus();
      });
      item.append(button);
      one(place).append(item);
    }

    const listeners = [];
    let current = start;
    function show(n) {
      current = n;
      input.value = "";
      input.placeholder = title(n);
      one("#around-h").textContent = title(n);
      const filled = nodes[n][KIND] === "field";
      one("#fills-h").textContent = filled ? "Fills it" : "Leads to it";
      one("#used-h").textContent = filled ? "Uses it" : "Follows from it";
      one("#gone-h").textContent = words.without + " " + nodes[n][LABEL];
      draw(n);
      list_in("#about", (about[n] || []).map((fact) => [fact]), "");
      list_in("#fills", merged(into[n]).map((edge) => [go(edge.at), ": " + edge.words]), words.nothing);
      list_in("#used", merged(out[n]).map((edge) => [go(edge.at), ": " + edge.words]), words.nothing);
      list_in("#gone", gone[n].map(([at, said]) => [title(at) + " " + said]), words.unharmed);
      listeners.forEach((tell) => tell(n));
    }
    one("#around").hidden = false;
    const choose = () => {
      const asked = input.value.trim().toLowerCase();
      if (!asked) return;
      const exact = byTitle.get(input.value.trim());
      const near = exact !== undefined ? exact : nodes.findIndex((node) => node[LABEL].toLowerCase().includes(asked) || node[NAMES].toLowerCase().includes(asked));
      one("#missed").textContent = near < 0 ? "Nothing on the map is called “" + input.value.trim() + "”." : "";
      if (near >= 0) show(near);
    };
    input.addEventListener("change", choose);
    input.form.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
    addEventListener("resize", () => draw(current));
    show(start);
    return { show, told: (tell) => listeners.push(tell) };
  }

  // A drawn thing that mouse, keyboard and screen reader can press.
  function operable(element, label, press) {
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    element.addEventListener("click", press);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
  }

  return { begin, operable };
})();
