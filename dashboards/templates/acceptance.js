(function () {
  "use strict";
  var all = function (query, place) { return Array.prototype.slice.call((place || document).querySelectorAll(query)); };
  var kept = JSON.parse(document.getElementById("cases").textContent), words = kept.words;
  var SVG = "http://www.w3.org/2000/svg", LEFT = 96, LANE = 112, ROW = 34;

  var row = function (each) {
    return { seq: each[0], t: each[1], from: words[each[2]], to: words[each[3]], title: words[each[4]], sort: each[5],
      outcome: words[each[6]], answer: words[each[7]], moved: words[each[8]], alone: each[9] };
  };
  var moment = function (ms) { return new Date(ms + 28800000).toISOString().slice(5, 19).replace("T", " "); };
  var make = function (parent, name, attributes, text) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text) { node.textContent = text; }
    parent.appendChild(node);
    return node;
  };
  var html = function (parent, name, text, kind) {
    var node = document.createElement(name);
    if (text) { node.textContent = text; }
    if (kind) { node.className = kind; }
    parent.appendChild(node);
    return node;
  };

  var arrow = function (svg, from, to, y, kind, broken) {
    var way = to > from ? 1 : -1, end = broken ? (from + to) / 2 : to - way * 2;
    make(svg, "line", { x1: from, y1: y, x2: end, y2: y, "class": kind });
    var head = broken ? "M" + (end - 5) + " " + (y - 5) + "l10 10m0 -10l-10 10" : "M" + end + " " + y + "l" + (-way * 7) + " -4v8z";
    make(svg, "path", broken ? { d: head, stroke: "var(--bad)", "stroke-width": 1.6, fill: "none" } : { d: head, fill: kind === "bad" ? "var(--bad)" : "#54606c" });
  };
  var message = function (svg, at, each, y) {
    var from = at[each.from], to = at[each.to];
    var mid = (from + to) / 2, wide = Math.abs(to - from) < 1;
    make(svg, "text", { x: 6, y: y + 4, "class": "t" }, moment(each.t));
    if (wide) {
      make(svg, "path", { d: "M" + from + " " + (y - 6) + "h22v12h-20", fill: "none", stroke: "#54606c" });
      make(svg, "text", { x: from + 28, y: y + 4 }, each.title);
      return;
    }
    arrow(svg, from, to, y, each.sort ? "bad" : "line", each.sort === 2);
    var label = make(svg, "text", { x: mid, y: y - 5, "text-anchor": "middle" }, each.title);
    make(label, "title", {}, each.title + "（报文 " + each.seq + "）");
    var below = each.outcome || (each.answer ? "应答：" + each.answer : "");
    if (below) { make(svg, "text", { x: mid, y: y + 12, "text-anchor": "middle", "class": each.outcome ? "no" : "moved" }, "⇠ " + below); }
  };
  var sequence = function (place, rows, marked, broken) {
    var said = rows.filter(function (each) { return !each.alone; }), at = {}, seats = [];
    said.forEach(function (each) { [each.from, each.to].forEach(function (seat) {
      if (!(seat in at)) { at[seat] = LEFT + LANE * seats.length + LANE / 2; seats.push(seat); }
    }); });
    var width = LEFT + LANE * seats.length + 20, height = ROW * said.length + 24;
    var lanes = html(place, "div", "", "lanes");
    html(lanes, "span", "时间").style.width = LEFT + "px";
    seats.forEach(function (seat) { html(lanes, "span", seat).style.width = LANE + "px"; });
    lanes.style.width = width + "px";
    var svg = make(place, "svg", { width: width, height: height, role: "img", "aria-label": "报文序列图" });
    said.forEach(function (each, n) {
      if (marked[each.seq]) { make(svg, "rect", { x: 0, y: n * ROW + 4, width: width, height: ROW, "class": "mark" + (broken ? " wrong" : "") }); }
    });
    seats.forEach(function (seat) { make(svg, "line", { x1: at[seat], x2: at[seat], y1: 0, y2: height, "class": "life" }); });
    said.forEach(function (each, n) { message(svg, at, each, n * ROW + 22); });
    return said.findIndex(function (each) { return marked[each.seq]; }) * ROW;
  };
  var timeline = function (place, rows, marked, broken) {
    var table = html(place, "table", "", "timeline"), first = -1;
    rows.forEach(function (each) {
      var line = html(table, "tr", "", marked[each.seq] ? "mark" + (broken ? " wrong" : "") : "");
      html(line, "td", String(each.seq)); html(line, "td", moment(each.t));
      html(line, "td", each.from === each.to ? each.from + "（自）" : each.from + " → " + each.to);
      var cell = html(line, "td", each.title);
      if (each.outcome) { html(cell, "span", "　" + each.outcome, "no"); }
      if (each.answer) { html(cell, "small", "　应答：" + each.answer); }
      html(line, "td", each.moved);
      if (first < 0 && marked[each.seq]) { first = line.offsetTop; }
    });
    return first;
  };
  var draw = function (place) {
    if (place.dataset.drawn) { return; }
    place.dataset.drawn = "1";
    var rows = (kept.cases[place.dataset.case] || []).map(row), marked = {}, broken = place.dataset.broken === "1";
    place.dataset.marked.split(" ").forEach(function (seq) { if (seq) { marked[seq] = true; } });
    var head = html(place, "h4", ""), drawing = html(place, "div", "", "drawing"), only = html(head, "span", "办件 " + place.dataset.case + "：" + rows.length + " 条报文");
    var near = Object.keys(marked).length ? rows.filter(function (each) { return marked[each.seq]; }) : [];
    var seats = {};
    near.forEach(function (each) { seats[each.from] = seats[each.to] = true; });
    var ways = [["序列图", sequence], ["时间线", timeline]], chosen = sequence, box = null;
    var show = function () {
      var shown = box && box.checked ? rows.filter(function (each) { return seats[each.from] && seats[each.to]; }) : rows;
      drawing.textContent = "";
      var top = chosen(drawing, shown, marked, broken);
      drawing.scrollTop = Math.max(top - 90, 0);
    };
    ways.forEach(function (way, n) {
      var button = html(head, "button", way[0], n ? "" : "on");
      button.type = "button";
      button.addEventListener("click", function () {
        chosen = way[1];
        all("button", head).forEach(function (each) { each.classList.toggle("on", each === button); });
        show();
      });
    });
    if (near.length) {
      var label = html(head, "label", "");
      box = html(label, "input", "");
      box.type = "checkbox"; box.checked = broken;
      label.appendChild(document.createTextNode(" 只看有关系统之间"));
      box.addEventListener("change", show);
      html(place, "p", "底色标出的是判定所凭的报文。", "key mark");
    }
    show();
  };
  var drawIn = function (scenario) { all(".case", scenario).forEach(draw); };
  all(".scenario").forEach(function (each) {
    each.addEventListener("toggle", function () { if (each.open) { drawIn(each); } });
    if (each.open) { drawIn(each); }
  });

  var want = "", find = "", chosen = {};
  var sift = function () {
    var some = false;
    all(".scenario").forEach(function (each) {
      var data = each.dataset;
      each.hidden = (want && data.result !== want) || find.split(/\s+/).some(function (word) { return data.words.indexOf(word) < 0; }) ||
        Object.keys(chosen).some(function (key) { return chosen[key] && (" " + data[key] + " ").indexOf(" " + chosen[key] + " ") < 0; });
      some = some || !each.hidden;
    });
    document.getElementById("nothing").hidden = some;
  };
  var buttons = function (query, then) {
    all(query).forEach(function (button) {
      button.addEventListener("click", function () {
        all(query).forEach(function (each) { each.classList.toggle("on", each === button); });
        then(button.dataset);
      });
    });
  };
  buttons("[data-want]", function (data) { want = data.want; sift(); });
  buttons("[data-clause-result]", function (data) {
    all(".clause").forEach(function (each) { each.hidden = data.clauseResult && each.dataset.result !== data.clauseResult; });
  });
  buttons("[data-filter]", function (data) {
    all("#promises > tbody").forEach(function (each) { each.hidden = data.filter && each.dataset.result !== data.filter; });
  });
  all("[data-choose]").forEach(function (list) {
    list.addEventListener("change", function () { chosen[list.dataset.choose] = list.value; sift(); });
  });
  document.getElementById("find").addEventListener("input", function () { find = this.value.trim().toLowerCase(); sift(); });
  var go = function () {
    var place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) { return; }
    place.hidden = false;
    if (place.tagName === "DETAILS") { place.open = true; place.scrollIntoView(); }
  };
  window.addEventListener("hashchange", go);
  window.addEventListener("beforeprint", function () { all(".scenario[open]").forEach(drawIn); });
  go();
})();
