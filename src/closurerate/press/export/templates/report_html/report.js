"use strict";
// Sorting: a table's total stays last, and what is no number comes after the numbers.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const total = table.classList.contains("has-total") ? body.lastElementChild : null;
  const given = [...body.rows].filter((row) => row !== total);
  const key = (row, place, isNumber) => {
    const text = row.cells[place].textContent.trim();
    const found = text.replace(/\u2212/g, "-").replace(/,/g, "").match(/[-+]?\d*\.?\d+/);
    return isNumber ? (found ? Number(found[0]) : null) : text;
  };
  heads.forEach((head, place) => {
    const button = document.createElement("button"), isNumber = head.classList.contains("right");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      const next = { ascending: "descending", descending: null }[was];
      const order = next === undefined ? "ascending" : next;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (order) head.setAttribute("aria-sort", order);
      const sign = order === "descending" ? -1 : 1;
      const rows = order ? [...given].sort((one, other) => {
        const [a, b] = [one, other].map((row) => key(row, place, isNumber));
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (isNumber ? a - b : a.localeCompare(b, document.documentElement.lang));
      }) : given;
      body.append(...rows, ...(total ? [total] : []));
    });
  });
}
// A filter: the rows of one first cell alone, such as those of one definition.
document.querySelectorAll("table.filtered").forEach((table, at) => {
  const rows = [...table.tBodies[0].rows], name = (row) => row.cells[0].textContent;
  const choice = document.createElement("fieldset"), legend = document.createElement("legend");
  choice.className = "choice";
  legend.textContent = table.tHead.rows[0].cells[0].textContent;
  choice.append(legend);
  for (const text of [table.dataset.all, ...new Set(rows.map(name))]) {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, { type: "radio", name: `choice-${at}`, checked: text === table.dataset.all });
    input.addEventListener("change", () => {
      for (const row of rows) row.hidden = text !== table.dataset.all && name(row) !== text;
    });
    label.append(input, text);
    choice.append(label);
  }
  table.before(choice);
});
// Series that are told apart by colour can be read one at a time, in both drawings of a chart.
document.querySelectorAll("figure.chart:has([data-series])").forEach((figure, at) => {
  const found = [...figure.querySelectorAll("[data-series]")];
  const names = [...new Set(found.map((part) => part.dataset.series))];
  if (names.length < 2) return;
  const colour = (part) => (part.outerHTML.match(/--k[0-9a-f]{6}/) || [""])[0];
  const of = Object.fromEntries(names.map((name) => [name, colour(found.find((part) => part.dataset.series === name))]));
  const choice = document.createElement("fieldset");
  choice.className = "choice";
  for (const name of [document.body.dataset.all, ...names]) {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, { type: "radio", name: `series-${at}`, checked: name === document.body.dataset.all });
    input.addEventListener("change", () => {
      const texts = [...figure.querySelectorAll("svg text")].filter((text) => Object.values(of).includes(colour(text)));
      for (const part of [...found, ...texts]) {
        part.style.display = !of[name] || colour(part) === of[name] ? "" : "none";
      }
    });
    label.append(input, name);
    choice.append(label);
  }
  figure.querySelector(".picture").before(choice);
});
// A picture is saved as it stands in the page, in the colours of paper: as drawn, or as pixels.
const pixels = (text, { width, height }) => new Promise((done) => {
  const canvas = document.createElement("canvas"), picture = new Image();
  [canvas.width, canvas.height] = [4 * width, 4 * height];
  const fonts = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => rule.cssText).join("");
  picture.onload = () => {
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(done, "image/png");
  };
  const svg = text.replace(">", `><style>${fonts}</style>`);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
});
for (const figure of document.querySelectorAll("figure.chart")) {
  const svg = figure.querySelector("svg"), take = figure.querySelector(".take");
  if (!svg || !take) continue;
  const copy = svg.cloneNode(true), hidden = take.querySelector(".unseen");
  const text = new XMLSerializer().serializeToString(copy).replace(/var\(--k([0-9a-f]{6})[^)]*\)/g, "#$1");
  const offer = (blob, kind) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${figure.id}.${kind}`;
    link.append(kind.toUpperCase(), ...(hidden ? [hidden.cloneNode(true)] : []));
    return link;
  };
  const drawn = new Blob([text], { type: "image/svg+xml" }), png = offer(drawn, "png");
  let made = null;
  const make = () => {
    made ??= pixels(text, svg.viewBox.baseVal).then((blob) => {
      png.href = URL.createObjectURL(blob);
      png.dataset.ready = "true";
    });
    return made;
  };
  // Before it can be chosen, so that a browser's own menu saves it too.
  for (const event of ["pointerenter", "focus", "touchstart"]) png.addEventListener(event, make, { passive: true });
  png.addEventListener("click", async (event) => {
    if (png.dataset.ready) return;
    event.preventDefault();
    await make();
    png.click();
  });
  take.append(" ", offer(drawn, "svg"), " ", png);
}
// The other language opens at the same place.
for (const link of document.querySelectorAll("a[hreflang]")) {
  link.addEventListener("click", () => { link.hash = location.hash; });
}
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(".citation").textContent);
    button.textContent = button.dataset.done;
  });
}
// Sliders: a count plus what each adds, and a value that is a line in it, exact and rounded half up.
const outcome = (model, places) => {
  const count = BigInt(model.adds.reduce((sum, adds, at) => sum + adds[places[at]], model.count));
  const [[a, b], [c, d]] = [model.intercept, model.slope].map((pair) => pair.map(BigInt));
  let over = (a * d + c * count * b) * 10n ** BigInt(model.decimals);
  const under = b * d, isBelow = over < 0n;
  if (isBelow) over = -over;
  const whole = (2n * over + under) / (2n * under);
  const digits = whole.toString().padStart(model.decimals + 1, "0");
  const cut = digits.length - model.decimals;
  const value = digits.slice(0, cut) + (model.decimals ? "." + digits.slice(cut) : "");
  return { count: count.toLocaleString("en"), value: (isBelow && whole ? "\u2212" : "") + value };
};
for (const panel of document.querySelectorAll(".sliders")) {
  const model = JSON.parse(panel.dataset.model), inputs = [...panel.querySelectorAll("input")];
  const show = () => {
    const places = inputs.map((input) => Number(input.value));
    inputs.forEach((input, at) => {
      const text = model.places[at][places[at]];
      input.nextElementSibling.textContent = text;
      input.setAttribute("aria-valuetext", text);
    });
    const found = outcome(model, places);
    for (const name of ["value", "count"]) panel.querySelector("." + name).textContent = found[name];
  };
  inputs.forEach((input) => input.addEventListener("input", show));
  panel.querySelector("button").addEventListener("click", () => {
    inputs.forEach((input) => { input.value = input.defaultValue; });
    show();
  });
  panel.querySelector(".still").hidden = true;
  panel.querySelector("fieldset").hidden = false;
  show();
}
