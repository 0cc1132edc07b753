// The page of a project's map: the overview and, beside it, one node with its neighbours.
(function () {
  const data = JSON.parse(document.querySelector("#map-data").textContent);
  const near = neighbours.begin(data);
  const picture = document.querySelector(".leadline-overview");
  const drawn = [...picture.querySelectorAll("[data-node]")];
  const ties = [...picture.querySelectorAll("[data-ends]")].map((tie) => [tie, new Set(tie.dataset.ends.split(" "))]);
  let chosen = String(data.start);

  function light(name) {
    const has = drawn.some((node) => node.dataset.node === name);
    picture.classList.toggle("pointed", has);
    ties.forEach(([tie, ends]) => tie.classList.toggle("lit", has && ends.has(name)));
  }
  function choose(n) {
    chosen = String(n);
    drawn.forEach((node) => node.classList.toggle("chosen", node.dataset.node === chosen));
    light(chosen);
  }
  function show(n) {
    near.show(n);
    const place = document.querySelector(".near");
    if (place.getBoundingClientRect().top > innerHeight - 120) place.scrollIntoView();
  }
  drawn.forEach((node) => {
    const name = node.dataset.node;
    const [, label, kind] = data.nodes[name];
    neighbours.operable(node, label + ", " + kind, () => show(Number(name)));
    node.addEventListener("pointerenter", () => light(name));
    node.addEventListener("pointerleave", () => light(chosen));
    node.addEventListener("focus", () => light(name));
    node.addEventListener("blur", () => light(chosen));
  });
  document.querySelectorAll("[data-show]").forEach((button) => {
    button.addEventListener("click", () => show(Number(button.dataset.show)));
  });
  near.told(choose);
  choose(data.start);
})();
