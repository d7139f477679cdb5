"use strict";
// Nodes and edges come as data. Columns are laid out by arithmetic (cards have fixed sizes), and of a large graph only
// what lies near the window is in the document, so neither scrolling nor filtering depends on its size much.
(() => {
  const bill = JSON.parse(document.getElementById("bill").textContent);
  const { nodes, edges, findings } = bill;
  const KINDS = ["event", "job", "image", "service"];
  const TITLES = { event: "Events", job: "Workflow jobs", image: "Images", service: "Compose services" };
  const WIDE = { event: 150, job: 212, image: 250, service: 204 };
  const TALL = { event: 32, job: 44, image: 44, service: 44 };
  const SPACE = 10, FRAME = 10, TITLE = 30, BETWEEN = 18, MARGIN = 24, ALL_AT_ONCE = 80, NEAR = 450, STRIDE = 200, THROUGH = 60, FAN = 6;
  const LEVELS = ["error", "warning", "note"];
  const MARKS = { error: "✕", warning: "!", note: "i" };
  const $ = (id) => document.getElementById(id);
  const view = $("view"), canvas = $("canvas"), panel = $("panel"), filter = $("filter");

  nodes.forEach((node, index) => Object.assign(node, { index, into: [], out: [], found: [], element: null, frame: null, visible: true }));
  edges.forEach((edge) => { nodes[edge.start].out.push(edge); nodes[edge.end].into.push(edge); });
  const framed = new Map();
  findings.forEach((finding) => {
    finding.nodes.forEach((at) => nodes[at].found.push(finding));
    if (finding.group) framed.set(finding.group, [...(framed.get(finding.group) || []), finding]);
  });
  nodes.forEach((node) => {
    const said = node.found.concat(framed.get(node.group) || []).map((f) => `${f.level} ${f.rule}`);
    node.hay = [node.kind, node.label, node.group, node.note, ...node.facts.flat(), ...said].join("\n").toLowerCase();
  });

  let shown = nodes, frames = [], chosen = null, hovered = null, focused = null, height = 0, width = 0, left = {}, drawn = "";
  let scrolled = 0, tall = view.clientHeight, wide = view.clientWidth; // read once: asking the page while it changes costs a layout

  // ---- layout

  const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const middle = (node) => node.y + TALL[node.kind] / 2;

  /** Tops for blocks in their order, each as near to where it wants to be as those before and behind let it. */
  function settled(blocks) {
    let before = 0;
    const pools = [];
    blocks.forEach((block) => {
      pools.push({ sum: block.wish - before, count: 1 });
      before += block.tall + block.space;
      while (pools.length > 1 && pools.at(-2).sum / pools.at(-2).count > pools.at(-1).sum / pools.at(-1).count) {
        const last = pools.pop();
        pools.at(-1).sum += last.sum;
        pools.at(-1).count += last.count;
      }
    });
    const tops = [];
    before = 0;
    pools.forEach((pool) => {
      for (let n = 0; n < pool.count; n++) {
        const block = blocks[tops.length];
        tops.push(Math.max(0, pool.sum / pool.count) + before);
        before += block.tall + block.space;
      }
    });
    return tops;
  }

  function framesOf(kind, members) {
    const groups = new Map();
    members.forEach((node) => groups.has(node.group) ? groups.get(node.group).push(node) : groups.set(node.group, [node]));
    return [...groups].map(([name, inside]) => ({
      kind, name, inside, tall: TITLE + FRAME + inside.length * (TALL[kind] + SPACE) - SPACE, space: BETWEEN, wish: 0, y: 0,
    }));
  }

  function stand(groups, tops) {
    groups.forEach((group, at) => {
      group.y = tops[at];
      group.inside.forEach((node, n) => { node.y = group.y + TITLE + n * (TALL[node.kind] + SPACE); });
    });
  }

  function stacked(groups) {
    let y = 0;
    return groups.map((group) => { const top = y; y += group.tall + group.space; return top; });
  }

  function arrange() {
    nodes.forEach((node) => { node.visible = false; });
    shown.forEach((node) => { node.visible = true; });
    const of = (kind) => shown.filter((node) => node.kind === kind);
    const ends = (list, side, kinds) => list.filter((e) => kinds.includes(e.kind)).map((e) => nodes[e[side]]).filter((n) => n.visible);
    const jobs = framesOf("job", of("job"));
    stand(jobs, stacked(jobs));
    const images = of("image"), own = [];
    images.forEach((node) => {
      node.makers = ends(node.into, "start", ["publishes"]);
      node.users = ends(node.out, "end", ["runs"]);
      if (node.makers.length) { node.wish = mean(node.makers.map(middle)); own.push(node); }
    });
    own.sort((a, b) => a.wish - b.wish).forEach((node, n) => { node.y = n * (TALL.image + SPACE); });
    const services = framesOf("service", of("service"));
    services.forEach((group) => {
      const from = group.inside.flatMap((node) => ends(node.into, "start", ["runs"])).filter((node) => node.makers.length);
      group.order = from.length ? mean(from.map((node) => node.y)) : Infinity;
    });
    services.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
    stand(services, stacked(services));
    images.forEach((node) => {
      const by = node.users.length ? node.users : node.makers;
      node.wish = by.length ? mean(by.map(middle)) - TALL.image / 2 : 0;
      node.tall = TALL.image;
      node.space = SPACE;
    });
    images.sort((a, b) => a.wish - b.wish);
    settled(images).forEach((top, n) => { images[n].y = top; });
    jobs.forEach((group) => {
      const made = group.inside.flatMap((node) => ends(node.out, "end", ["publishes"]));
      group.wish = made.length ? Math.min(mean(made.map(middle)) - group.tall / 2, Math.min(...made.map((node) => node.y))) : 0;
    });
    jobs.sort((a, b) => a.wish - b.wish);
    stand(jobs, settled(jobs));
    const events = of("event");
    events.forEach((node) => {
      const started = ends(node.out, "end", ["starts"]);
      node.wish = started.length ? Math.min(...started.map((each) => each.y)) : 0;
      node.tall = TALL.event;
      node.space = SPACE;
    });
    events.sort((a, b) => a.wish - b.wish);
    settled(events).forEach((top, n) => { events[n].y = top; });
    frames = [...jobs, ...services];
    bundle();
    height = Math.max(0, ...shown.map((node) => node.y + TALL[node.kind]), ...frames.map((group) => group.y + group.tall)) + MARGIN;
  }

  function columns() {
    const used = KINDS.filter((kind) => shown.some((node) => node.kind === kind));
    const arcs = 64, bare = used.reduce((sum, kind) => sum + WIDE[kind], 0) + 2 * MARGIN + arcs;
    const gap = used.length > 1 ? Math.min(150, Math.max(46, (wide - bare) / (used.length - 1))) : 0;
    let x = MARGIN;
    left = {};
    used.forEach((kind) => { left[kind] = x; x += WIDE[kind] + gap; });
    width = x - gap + arcs + MARGIN;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    $("heads").style.width = `${width}px`;
    $("heads").replaceChildren(...used.map((kind) => {
      const head = make("span", "", TITLES[kind] + " ");
      head.append(make("b", "", String(shown.filter((node) => node.kind === kind).length)));
      head.style.left = `${left[kind]}px`;
      return head;
    }));
  }

  // ---- drawing

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /** Text in which what stands in backticks is code. */
  function prose(tag, text) {
    const element = make(tag);
    text.split("`").forEach((part, n) => element.append(n % 2 ? make("code", "", part) : part));
    return element;
  }

  const pen = document.createElement("canvas").getContext("2d"), family = getComputedStyle(document.body).fontFamily;

  /** A name without its middle where it has no room for all of it (in pixels): beginnings are often alike. */
  function cut(text, room, font) {
    pen.font = `${font} ${family}`;
    const whole = pen.measureText(text).width;
    if (whole <= room) return text;
    let kept = Math.floor(text.length * room / whole);
    for (; kept > 4; kept--) {
      const end = Math.floor(kept * 0.6), short = `${text.slice(0, kept - end)}…${text.slice(text.length - end)}`;
      if (pen.measureText(short).width <= room) return short;
    }
    return text;
  }

  function badge(found) {
    const level = LEVELS.find((each) => found.some((finding) => finding.level === each));
    return make("span", `badge ${level}`, `${MARKS[level]} ${found.length}`);
  }

  function spoken(node) {
    const counts = LEVELS.map((level) => [level, node.found.filter((f) => f.level === level).length]).filter(([, n]) => n);
    return [`${node.kind} ${node.label}`, node.group, node.note, ...counts.map(([level, n]) => `${n} ${level}${n > 1 ? "s" : ""}`)]
      .filter(Boolean).join(", ");
  }

  function card(node) {
    const element = make("button", `node ${node.kind}${node.ours ? "" : " foreign"}${node.found.length ? " badged" : ""}`);
    element.type = "button";
    element.dataset.index = node.index;
    element.setAttribute("aria-label", spoken(node));
    element.title = node.label;
    const last = node.kind === "image" ? node.label.lastIndexOf("/") + 1 : 0;
    const room = WIDE[node.kind] - 26 - (node.found.length ? 34 : 0);
    const under = node.kind === "event" ? "" : last ? node.label.slice(0, last) : node.note;
    node.lines ??= [cut(node.label.slice(last), room, "600 13px"), under && cut(under, room, "11px")];
    element.append(make("b", "", node.lines[0]));
    if (under) element.append(make("i", "", node.lines[1]));
    if (node.found.length) element.append(badge(node.found));
    element.style.width = `${WIDE[node.kind]}px`;
    element.style.height = `${TALL[node.kind]}px`;
    return element;
  }

  function frame(group) {
    const element = make("div", "group"), title = make("span"), name = make("em");
    const short = group.name.replace(/^\.github\/workflows\//, "");
    name.textContent = cut(short, WIDE[group.kind] - 6 - (framed.has(group.name) ? 46 : 0), "12px");
    title.title = group.name;
    title.append(name);
    if (framed.has(group.name)) title.append(badge(framed.get(group.name)));
    element.append(title);
    element.style.width = `${WIDE[group.kind] + 2 * FRAME}px`;
    element.style.height = `${group.tall}px`;
    return element;
  }

  /** An event that starts all jobs of a frame leads to the frame, else to each of its jobs. */
  function bundle() {
    frames.filter((group) => group.kind === "job").forEach((group) => {
      const starts = new Map();
      group.inside.forEach((node) => node.into.forEach((edge) => {
        edge.frame = null;
        if (edge.kind === "starts") starts.set(edge.start, [...(starts.get(edge.start) || []), edge]);
      }));
      const all = [...starts.values()].filter((list) => list.length === group.inside.length && list.length > 1);
      all.forEach((list) => list.forEach((edge, n) => { edge.frame = group; edge.first = n === 0; }));
    });
    shown.filter((node) => node.kind === "event").forEach((node, n) => {
      const goals = node.out.filter((edge) => nodes[edge.end].visible && (!edge.frame || edge.first));
      node.trunk = goals.length > FAN ? 12 + (n % 5) * 5 : 0;
      node.reach = [Math.min(middle(node), ...goals.map(goalOf)), Math.max(middle(node), ...goals.map(goalOf))];
    });
  }

  const goalOf = (edge) => edge.frame ? edge.frame.y + 18 : middle(nodes[edge.end]);

  /** The stem of an event that starts many jobs, as far as it is near the window. */
  function stem(node, from, to) {
    const x = left.event + WIDE.event, [top, bottom] = [Math.max(node.reach[0], from - 100), Math.min(node.reach[1], to + 100)];
    const out = middle(node) >= from - 100 && middle(node) <= to + 100 ? `M${x} ${middle(node)}h${node.trunk}` : "";
    return bottom > top ? `${out}M${x + node.trunk} ${top}V${bottom}` : out;
  }

  /** The way of an edge, its arrow head, and the place of its label. */
  function way(edge) {
    const start = nodes[edge.start], end = nodes[edge.end], y = middle(start), to = middle(end);
    if (start.trunk && edge.kind === "starts") {
      const x = left.event + WIDE.event + start.trunk, goal = left.job - (edge.frame ? FRAME : 0), at = goalOf(edge);
      return [`M${x} ${at}H${goal - 7}`, `M${goal} ${at}l-8 -4v8z`, x + 20, at];
    }
    if (edge.frame) {
      const x = left[start.kind] + WIDE[start.kind], goal = left[end.kind] - FRAME, half = (goal - x) / 2, at = edge.frame.y + 18;
      return [`M${x} ${y}C${x + half} ${y} ${goal - half} ${at} ${goal - 7} ${at}`, `M${goal} ${at}l-8 -4v8z`, x + half, (y + at) / 2];
    }
    if (start.kind === end.kind) {
      const x = left[start.kind] + WIDE[start.kind], bulge = x + FRAME + Math.min(60, 14 + Math.abs(to - y) * 0.14);
      return [`M${x} ${y}C${bulge} ${y} ${bulge} ${to} ${x + 6} ${to}`, `M${x} ${to}l8 -4v8z`, bulge - 8, (y + to) / 2];
    }
    const x = left[start.kind] + WIDE[start.kind], goal = left[end.kind], half = (goal - x) / 2;
    return [`M${x} ${y}C${x + half} ${y} ${goal - half} ${to} ${goal - 7} ${to}`, `M${goal} ${to}l-8 -4v8z`, x + half, (y + to) / 2];
  }

  function paths(list, labelled, stems = "") {
    const groups = new Map(stems ? [["sure", [stems, ""]]] : []);
    list.forEach((edge) => {
      if (edge.frame && !edge.first && !hotEdges.has(edge)) return;
      const name = edge.kind === "waits" ? "waits" : edge.certain ? "sure" : "doubt";
      const [line, head] = way(edge), parts = groups.get(name) || ["", ""];
      groups.set(name, [parts[0] + line, parts[1] + head]);
    });
    const made = [];
    groups.forEach(([line, head], name) => [[line, name], [head, `head ${name}`]].forEach(([d, className]) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", d);
      path.setAttribute("class", className);
      made.push(path);
    }));
    if (labelled) list.filter((edge) => edge.label).forEach((edge) => {
      const [, , x, y] = way(edge), text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      text.setAttribute("x", x);
      text.setAttribute("y", y + 4);
      text.textContent = edge.label.length > 26 ? `${edge.label.slice(0, 25)}…` : edge.label;
      made.push(text);
    });
    return made;
  }

  let lineage = new Set(), hotEdges = new Set();
  const drawnFrames = new Map();

  /** Everything from which a node comes, everything that comes from it, and what it waits for. */
  function follow(node) {
    const found = new Set([node]), lines = new Set();
    const walk = (from, list, side, kinds) => from[list].forEach((edge) => {
      if (!kinds.includes(edge.kind)) return;
      lines.add(edge);
      const next = nodes[edge[side]];
      if (found.has(next)) return;
      found.add(next);
      walk(next, list, side, kinds);
    });
    walk(node, "into", "start", ["starts", "publishes", "runs"]);
    walk(node, "out", "end", ["starts", "publishes", "runs"]);
    walk(node, "out", "end", ["waits"]);
    node.into.filter((edge) => edge.kind === "waits").forEach((edge) => { lines.add(edge); found.add(nodes[edge.start]); });
    return [found, lines];
  }

  function mark() {
    const about = hovered || chosen;
    [lineage, hotEdges] = about ? follow(about) : [new Set(), new Set()];
    canvas.classList.toggle("dim", Boolean(about));
    refresh();
    draw(true);
  }

  function refresh() {
    shown.forEach((node) => { if (node.element) dress(node); });
  }

  function dress(node) {
    const list = node.element.classList;
    list.toggle("near", lineage.has(node));
    list.toggle("chosen", node === chosen);
    list.toggle("around", node.around === true);
    node.element.tabIndex = node === focused ? 0 : -1;
  }

  /** Put into the document what lies near the window; the rest is taken out of it. */
  function draw(again) {
    const all = shown.length <= ALL_AT_ONCE;
    const start = Math.floor(scrolled / STRIDE) * STRIDE;
    const from = all ? -1e9 : start - NEAR, to = all ? 1e9 : start + tall + STRIDE + NEAR;
    const key = `${from}|${to}`;
    if (key === drawn && !again) return;
    drawn = key;
    const seen = (y, tall) => y + tall >= from && y <= to;
    const fresh = document.createDocumentFragment();
    nodes.forEach((node) => {
      const inside = node.visible && (seen(node.y, TALL[node.kind]) || node.element === document.activeElement);
      if (!inside) { if (node.element) { node.element.remove(); node.element = null; } return; }
      const isNew = !node.element;
      if (isNew) { node.element = card(node); node.element.node = node; node.at = ""; dress(node); }
      const at = `${left[node.kind]}px ${node.y}px`;
      if (at !== node.at) { node.at = at; node.element.style.translate = at; }
      if (isNew) fresh.append(node.element);
    });
    const near = frames.filter((group) => seen(group.y, group.tall));
    drawnFrames.forEach((element, group) => { if (!near.includes(group)) { element.remove(); drawnFrames.delete(group); } });
    near.forEach((group) => {
      if (!drawnFrames.has(group)) { drawnFrames.set(group, frame(group)); canvas.prepend(drawnFrames.get(group)); }
      drawnFrames.get(group).style.translate = `${left[group.kind] - FRAME}px ${group.y}px`;
    });
    canvas.append(fresh);
    lines(from, to);
  }

  /** Edges near the window. Of those that only pass through it, some are as good as all. */
  function lines(from, to) {
    let passing = 0;
    const inside = (y) => y >= from - 50 && y <= to + 50;
    const near = (edge) => {
      const start = nodes[edge.start], end = nodes[edge.end];
      if (!start.visible || !end.visible) return false;
      const y = middle(start), goal = goalOf(edge);
      if (start.trunk && edge.kind === "starts") return inside(goal);
      if (inside(y) || inside(goal)) return true;
      return Math.min(y, goal) < from && Math.max(y, goal) > to && passing++ < THROUGH;
    };
    const stems = (list) => list.filter((node) => node.trunk && node.visible).map((node) => stem(node, from, to)).join("");
    $("edges").replaceChildren(...paths(edges.filter(near), false, stems(nodes.filter((node) => node.kind === "event"))));
    passing = 0;
    const hot = [...hotEdges];
    $("hot").replaceChildren(...paths(hot.filter(near), hot.length <= 14, hot.length ? hotStems(hot, from, to) : ""));
  }

  /** The stem of a chosen way reaches only as far as that way goes. */
  function hotStems(hot, from, to) {
    const reach = new Map();
    hot.filter((edge) => edge.kind === "starts" && nodes[edge.start].trunk && nodes[edge.end].visible).forEach((edge) => {
      const node = nodes[edge.start], y = goalOf(edge), [top, bottom] = reach.get(node) || [middle(node), middle(node)];
      reach.set(node, [Math.min(top, y), Math.max(bottom, y)]);
    });
    return [...reach].map(([node, ends]) => stem({ ...node, reach: ends }, from, to)).join("");
  }

  // ---- what is shown

  function sift() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const only = $("only").getAttribute("aria-pressed") === "true", own = $("own").getAttribute("aria-pressed") === "true";
    const base = own ? nodes.filter((node) => node.ours) : nodes;
    nodes.forEach((node) => { node.around = false; });
    let hits = base.length;
    shown = base;
    if (words.length || only) {
      const matched = new Set(base.filter((node) =>
        words.every((word) => node.hay.includes(word)) && (!only || node.found.length || framed.has(node.group))));
      hits = matched.size;
      const kept = new Set(matched);
      // Upstream and downstream of all that match, each node once.
      [["into", "start"], ["out", "end"]].forEach(([list, side]) => {
        const waiting = [...matched], reached = new Set(matched);
        while (waiting.length) waiting.pop()[list].forEach((edge) => {
          const next = nodes[edge[side]];
          if (edge.kind === "waits" || reached.has(next)) return;
          reached.add(next);
          kept.add(next);
          waiting.push(next);
        });
      });
      shown = base.filter((node) => kept.has(node));
      shown.forEach((node) => { node.around = !matched.has(node); });
    }
    if (!shown.includes(focused)) focused = shown[0] || null;
    if (chosen && !shown.includes(chosen)) choose(null);
    hovered = null;
    arrange();
    columns();
    if (scrolled) { scrolled = 0; view.scrollTop = 0; }
    $("empty").hidden = shown.length > 0;
    $("empty").textContent = nodes.length ? "Nothing here has such a name." : "Nothing is published or run from this repository.";
    if (words.length || only) $("said").textContent = `${hits} of ${base.length} shown`;
    mark();
  }

  // ---- details

  function count(number, word) {
    return `${number} ${word}${number === 1 ? "" : "s"}`;
  }

  function told(finding) {
    const item = make("li", `finding ${finding.level}`);
    item.append(make("strong", "", `${finding.level} ${finding.rule}`), prose("p", finding.message));
    item.append(make("small", "", finding.where));
    if (finding.help) item.append(prose("small", finding.help));
    return item;
  }

  function link(node, small) {
    const element = make("button", `link ${node.kind}`, node.label);
    element.type = "button";
    if (small) element.append(make("small", "", small));
    element.addEventListener("click", () => { reveal(node); choose(node); });
    return element;
  }

  function section(title, items) {
    if (!items.length) return [];
    const list = make("ul");
    list.append(...items.map((item) => {
      if (item.tagName === "LI") return item;
      const row = make("li");
      row.append(item);
      return row;
    }));
    return title ? [make("h3", "", title), list] : [list];
  }

  /** All findings of a rule: the first ones at once, the others on demand. */
  function chapter(list) {
    const first = list[0], item = make("li", `finding ${first.level}`), shownAtOnce = list.slice(0, 2), others = list.slice(2);
    item.append(make("strong", "", `${first.level} ${first.rule}${list.length > 1 ? ` · ${list.length}` : ""}`));
    const rows = (some) => some.map((finding) => {
      const row = make("li");
      row.append(prose("p", finding.message), make("small", "", finding.where), ...finding.nodes.slice(0, 2).map((at) => link(nodes[at], "")));
      return row;
    });
    const listed = make("ul");
    listed.append(...rows(shownAtOnce));
    item.append(listed);
    if (others.length) {
      const more = make("details"), inside = make("ul");
      more.append(make("summary", "", `${others.length} more`), inside);
      more.addEventListener("toggle", () => { if (!inside.children.length) inside.append(...rows(others.slice(0, 100))); });
      item.append(more);
    }
    if (first.help) item.append(prose("small", first.help));
    return item;
  }

  function overview() {
    const chapters = new Map();
    LEVELS.forEach((level) => findings.filter((finding) => finding.level === level).forEach((finding) => {
      const name = `${level} ${finding.rule}`;
      chapters.has(name) ? chapters.get(name).push(finding) : chapters.set(name, [finding]);
    }));
    const key = make("div", "key");
    key.append(make("span", "sure", "certain"), make("span", "doubt", "perhaps"), make("span", "waits", "waits for"));
    panel.replaceChildren(make("h2", "", findings.length ? count(findings.length, "finding") : "No findings"), key,
      make("p", "hint", "Choose a card to see what is known of it, where it comes from and what it leads to."),
      ...section("", [...chapters.values()].map(chapter)));
  }

  function details(node) {
    const back = make("button", "back", "✕");
    back.type = "button";
    back.setAttribute("aria-label", "Back to all findings");
    back.addEventListener("click", () => choose(null));
    const facts = make("dl"), said = new Map();
    [...node.facts, ...(node.where.length ? [["written in", node.where.join("\n")]] : [])].forEach(([name, value]) => {
      if (said.has(name)) return said.get(name).append(document.createElement("br"), ...prose("span", value).childNodes);
      const shownValue = prose("dd", value);
      said.set(name, shownValue);
      facts.append(make("dt", "", name), shownValue);
    });
    const beside = (list, side, kinds) => node[list].filter((e) => kinds.includes(e.kind)).map((e) => link(nodes[e[side]], e.label));
    panel.replaceChildren(back, make("span", `kind ${node.kind}${node.ours ? "" : " foreign"}`, node.ours ? node.kind : `${node.kind} from elsewhere`),
      make("h2", "", node.label), facts,
      ...section("Findings", node.found.concat(framed.get(node.group) || []).map((finding) => told(finding))),
      ...section("Comes from", beside("into", "start", ["starts", "publishes", "runs"])),
      ...section("Leads to", beside("out", "end", ["starts", "publishes", "runs"])),
      ...section("Waits for", beside("out", "end", ["waits"])),
      ...section("Is waited for by", beside("into", "start", ["waits"])));
    panel.scrollTop = 0;
  }

  function choose(node) {
    chosen = node;
    if (node) { focused = node; details(node); } else overview();
    mark();
  }

  // ---- hands

  function reveal(node) {
    if (!node.visible) { filter.value = ""; ["only", "own"].forEach((id) => $(id).setAttribute("aria-pressed", "false")); sift(); }
    const top = node.y - 60, bottom = node.y + TALL[node.kind] + 60, room = tall - 34;
    if (top < scrolled) view.scrollTop = scrolled = Math.max(0, top);
    else if (bottom > scrolled + room) view.scrollTop = scrolled = bottom - room;
    const x = left[node.kind];
    if (x < view.scrollLeft) view.scrollLeft = x - MARGIN;
    else if (x + WIDE[node.kind] > view.scrollLeft + wide) view.scrollLeft = x + WIDE[node.kind] - wide + MARGIN;
  }

  function go(node) {
    if (!node) return;
    const before = focused;
    focused = node;
    reveal(node);
    draw();
    if (before?.element) dress(before);
    if (!node.element) draw(true);
    dress(node);
    node.element.focus({ preventScroll: true });
  }

  function beside(node, way) {
    const vertical = way === "ArrowUp" || way === "ArrowDown";
    if (vertical) {
      const column = shown.filter((each) => each.kind === node.kind).sort((a, b) => a.y - b.y);
      return column[column.indexOf(node) + (way === "ArrowDown" ? 1 : -1)];
    }
    const right = way === "ArrowRight", list = right ? node.out.map((e) => nodes[e.end]) : node.into.map((e) => nodes[e.start]);
    const here = KINDS.indexOf(node.kind);
    const fits = (each) => each.visible && (right ? KINDS.indexOf(each.kind) > here : KINDS.indexOf(each.kind) < here);
    const near = (a, b) => Math.abs(middle(a) - middle(node)) - Math.abs(middle(b) - middle(node));
    const linked = list.filter(fits).sort(near)[0];
    if (linked) return linked;
    const next = (right ? KINDS.slice(here + 1) : KINDS.slice(0, here).reverse()).find((kind) => left[kind] !== undefined);
    return shown.filter((each) => each.kind === next).sort(near)[0];
  }

  const nodeOf = (event) => event.target.closest?.(".node")?.node;
  canvas.addEventListener("click", (event) => { const node = nodeOf(event); choose(node && node !== chosen ? node : null); });
  canvas.addEventListener("focusin", (event) => { const node = nodeOf(event); if (node) { const before = focused; focused = node; if (before?.element) dress(before); dress(node); } });
  canvas.addEventListener("keydown", (event) => {
    const node = nodeOf(event);
    if (!node || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    go(beside(node, event.key));
  });
  let resting = 0;
  canvas.addEventListener("pointerover", (event) => {
    const node = event.pointerType === "touch" ? null : nodeOf(event) || null;
    if (node === hovered) return;
    clearTimeout(resting);
    resting = setTimeout(() => { hovered = node; mark(); }, node ? 60 : 120);
  });
  canvas.addEventListener("pointerleave", () => { clearTimeout(resting); if (hovered) { hovered = null; mark(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== filter) { event.preventDefault(); filter.focus(); filter.select(); }
    if (event.key !== "Escape") return;
    if (chosen) { const node = chosen; choose(null); if (panel.contains(document.activeElement) || document.activeElement === document.body) go(node); }
    else if (filter.value) { filter.value = ""; sift(); }
  });
  let waiting = 0;
  const later = (work) => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(work); };
  filter.addEventListener("input", () => later(sift));
  filter.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); go(shown.find((node) => !node.around) || shown[0]); } });
  ["only", "own"].forEach((id) => $(id).addEventListener("click", (event) => {
    event.currentTarget.setAttribute("aria-pressed", String(event.currentTarget.getAttribute("aria-pressed") !== "true"));
    sift();
  }));
  $("theme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
  });
  view.addEventListener("scroll", () => { scrolled = view.scrollTop; if (shown.length > ALL_AT_ONCE) draw(); }, { passive: true });
  new ResizeObserver(() => {
    if (wide === view.clientWidth && tall === view.clientHeight) return;
    [wide, tall] = [view.clientWidth, view.clientHeight];
    columns();
    draw(true);
  }).observe(view);

  $("counts").textContent = [...["job", "image", "service"].map((kind) => [nodes.filter((node) => node.kind === kind).length, kind])
    .filter(([n]) => n).map(([n, kind]) => count(n, kind)), ...LEVELS.map((level) => [findings.filter((f) => f.level === level).length, level]).filter(([n]) => n).map(([n, level]) => count(n, level)),
  ].join(" · ");
  $("only").hidden = !findings.length;
  $("own").hidden = nodes.every((node) => node.ours);
  sift();
  overview();
})();
