// The inspector: what is behind a number of the page, told from the ledger that the page carries.
{
  const carried = document.querySelector("#ledger"), ledger = carried ? JSON.parse(carried.textContent) : { numbers: [] };
  const words = ledger.words, marks = [...document.querySelectorAll(".n")].filter((mark) => mark.closest("main"));
  const build = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  // Exact numbers: a fraction as two whole numbers, digits rounded half up.
  const exact = (text) => {
    const [over, under = "1"] = text.split("/"), places = (over.split(".")[1] || "").length;
    return [BigInt(over.replace(".", "")), BigInt(under) * 10n ** BigInt(places)];
  };
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const rounded = ([over, under], decimals) => {
    const isBelow = over < 0n, size = (isBelow ? -over : over) * 10n ** BigInt(decimals);
    const whole = (2n * size + under) / (2n * under), digits = whole.toString().padStart(decimals + 1, "0");
    const cut = digits.length - decimals;
    return (isBelow && whole ? "\u2212" : "") + grouped(digits.slice(0, cut)) + (decimals ? "." + digits.slice(cut) : "");
  };
  const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
  const unit = (name) => words[`unit_${name}`] || "";
  const stated = (one) => `${rounded(exact(one.value), one.decimals)} ${unit(one.unit)}`.trim();
  const signed = (text) => (text.startsWith("\u2212") || /^[0.,]+$/.test(text) ? text : "+" + text);
  const written = (text) => {
    const [over, under] = text.replace("-", "\u2212").split("/");
    const whole = (digits) => digits.replace(/\d+/, grouped);
    return under ? `${whole(over)} / ${whole(under)}` : whole(over);
  };
  // A cell is called by its row and its column, all else by where it stands.
  const called = (mark, one) => {
    const figure = ledger.figures[one.name], cell = mark.closest("td, th"), shown = mark.closest("figure, .finding, .box, .key-figures, p");
    if (figure) return figure.label;
    if (cell && cell.closest("tbody")) {
      const row = cell.closest("tr").cells[0].textContent.trim(), head = cell.dataset.heading || "";
      return [row, head.replace(/\s+/g, " ")].filter(Boolean).join(" · ");
    }
    const card = mark.closest(".key-figures dl > div");
    if (card) return card.querySelector("dt").textContent;
    const caption = shown && shown.querySelector("figcaption");
    return (caption || shown || mark).textContent.trim().slice(0, 80);
  };
  const caption = (mark) => {
    const found = mark.closest("figure")?.querySelector("figcaption .number");
    if (found) return found.textContent;
    let at = mark.closest("main > *, section > *");
    while (at && !/^H[2-5]$/.test(at.tagName)) at = at.previousElementSibling;
    return at ? at.textContent.trim() : "";
  };
  const evidence = (mark, one) => {
    const label = mark.closest("figure, .finding, .key-figures")?.querySelector(".evidence");
    return (one.evidence && words[one.evidence]) || (label ? label.textContent : "");
  };
  const numbered = (mark) => ledger.numbers[mark.dataset.n];
  const same = (one, other) => one.name ? one.name === other.name : one.value === other.value && one.unit === other.unit && (one.value.includes("/") || one.value.length > 4);
  const tree = (name, seen = []) => {
    const figure = ledger.figures[name];
    if (!figure || seen.includes(name)) return null;
    const parts = (figure.parts || []).map((part) => tree(part, [...seen, name]));
    const sql = figure.sql ? build("details", {}, build("summary", {}, words.sql), build("pre", { tabindex: "0" }, figure.sql)) : null;
    const rule = figure.rule ? build("div", {}, `${words.rule}: `, build("code", {}, figure.rule)) : null;
    const told = `${figure.label}${figure.value === null ? "" : ` = ${stated(figure)}`}`;
    return build("li", {}, told, figure.formula ? build("div", {}, build("code", {}, figure.formula)) : null, rule, sql, parts.some(Boolean) ? build("ul", {}, ...parts) : null);
  };
  let here = null, isOn = false;
  const title = build("h2", { id: "inspector-title", tabindex: "-1" }), about = build("p", { class: "about" }), body = build("div");
  const search = build("input", { type: "search", "aria-label": words?.search, placeholder: words?.search });
  const choice = (name, values, all) => build("select", { "aria-label": words?.[name], onchange: () => list() }, build("option", { value: "" }, all), ...values.map((value) => build("option", {}, value)));
  const closes = build("button", { type: "button", onclick: () => hide() }, words?.hide || "");
  const panel = build("aside", { id: "inspector", hidden: true, role: "dialog", "aria-labelledby": "inspector-title" });
  const rows = (pairs) => build("dl", {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [build("dt", {}, name), build("dd", { class: "digits" }, value)]));
  const show = (mark, isMoved = true) => {
    marks.forEach((other) => other.classList.toggle("inspected", other === mark));
    here = mark;
    const one = numbered(mark), figure = ledger.figures[one.name] || {}, before = ledger.figures[figure.before];
    title.textContent = called(mark, one);
    about.textContent = caption(mark);
    const value = exact(one.value);
    const change = before && before.value !== null ? minus(value, exact(before.value)) : null;
    const others = marks.filter((other) => other !== mark && same(numbered(other), one) && !other.closest(".narrow"));
    const at = [...new Map(others.map((other) => [caption(other) + called(other, numbered(other)) + other.dataset.n, other])).values()];
    const parts = tree(one.name), isTold = parts && (figure.parts || figure.sql || figure.rule);
    const counts = isTold ? [] : (ledger.counts[one.in] || []).map((name) => tree(name)).filter(Boolean);
    body.replaceChildren(
      rows([
        [words.printed, one.text],
        [words.exact, written(one.value) + (one.value.includes("/") ? ` ≈ ${rounded(value, 12).replace(/0+$/, "")}` : "")],
        [words.unit, unit(one.unit)],
        [words.rounding, words.rounded.replace("{decimals}", one.decimals)],
        [words.evidence, evidence(mark, one)],
        [words.place, figure.place],
        [words.before, before && before.value !== null ? stated(before) : ""],
        [words.difference, change ? signed(rounded(change, one.decimals)) : ""],
      ]),
      isTold ? build("div", {}, build("strong", {}, words.formula), build("ul", {}, parts)) : "",
      counts.length ? build("details", {}, build("summary", {}, words.counts), build("ul", {}, ...counts)) : "",
      at.length ? build("details", { open: at.length < 8 }, build("summary", {}, `${words.places} (${at.length})`), build("ul", {}, ...at.map((other) => build("li", {}, build("button", { type: "button", onclick: () => show(other) }, `${caption(other)}: ${numbered(other).text}`))))) : "",
      figure.key ? build("details", {}, build("summary", {}, words.reproduce), build("pre", { tabindex: "0" }, ledger.reproduce.join("\n").replace("{key}", figure.key))) : "",
      ledger.inputs ? build("details", {}, build("summary", {}, words.inputs), build("ul", {}, ...ledger.inputs.map((one) => build("li", {}, `${one.name} `, build("code", {}, one.sha256))))) : "",
    );
    panel.hidden = false;
    if (isMoved) mark.scrollIntoView({ block: "nearest" });
    for (const other of marks) if (isOn && other.tagName !== "tspan") other.tabIndex = other === mark ? 0 : -1;
  };
  const hide = () => {
    panel.hidden = true;
    marks.forEach((mark) => mark.classList.remove("inspected"));
    if (here && isOn) here.focus?.();
  };
  const found = build("ul", { class: "list", hidden: true }), count = build("p", { class: "about", "aria-live": "polite", hidden: true });
  let units = null, grounds = null;
  const list = () => {
    const asked = search.value.trim().toLowerCase(), isAsked = asked || units.value || grounds.value;
    const chosen = !isAsked ? [] : marks.filter((mark) => {
      const one = numbered(mark);
      return !mark.closest(".narrow") && (!units.value || unit(one.unit) === units.value) && (!grounds.value || evidence(mark, one) === grounds.value)
        && (!asked || `${called(mark, one)} ${one.text} ${caption(mark)}`.toLowerCase().includes(asked));
    });
    found.hidden = count.hidden = !isAsked;
    count.textContent = words.found.replace("{count}", chosen.length);
    found.replaceChildren(...chosen.slice(0, 200).map((mark) => build("li", {}, build("button", { type: "button", onclick: () => show(mark) }, build("span", {}, called(mark, numbered(mark))), build("span", {}, numbered(mark).text)))));
  };
  const step = (by) => {
    const seen = marks.filter((mark) => mark.getClientRects().length), at = seen.indexOf(here);
    const next = seen[(at + by + seen.length) % seen.length];
    show(next);
    if (isOn) next.focus?.();
  };
  if (ledger.numbers.length) {
    units = choice("unit", [...new Set(ledger.numbers.map((one) => unit(one.unit)).filter(Boolean))], words.all_units);
    grounds = choice("evidence", [...new Set(marks.map((mark) => evidence(mark, numbered(mark))).filter(Boolean))], words.all_evidence);
    search.addEventListener("input", list);
    const move = (text, by) => build("button", { type: "button", onclick: () => step(by) }, text);
    panel.append(build("div", { class: "bar" }, search, units, grounds), count, found,
      build("div", { class: "bar" }, move(words.previous, -1), move(words.next, 1), closes), title, about, body);
    const toggle = build("button", { type: "button", "aria-pressed": "false" }, words.open);
    toggle.addEventListener("click", () => {
      isOn = !isOn;
      document.body.classList.toggle("inspecting", isOn);
      toggle.setAttribute("aria-pressed", isOn);
      toggle.textContent = isOn ? words.close : words.open;
      for (const mark of marks) {
        if (mark.tagName !== "DATA") continue;
        if (isOn) { mark.setAttribute("role", "button"); mark.tabIndex = -1; } else { mark.removeAttribute("role"); mark.removeAttribute("tabindex"); }
      }
      if (isOn) { show(marks.find((mark) => mark.getClientRects().length), false); here.tabIndex = 0; title.focus(); } else hide();
    });
    document.querySelector("header").append(build("p", { class: "inspect" }, toggle, " ", build("span", {}, "")));
    toggle.nextElementSibling.textContent = words.help;
    document.body.append(panel);
    document.addEventListener("click", (event) => {
      const mark = event.target.closest?.("[data-n]");
      if (mark && marks.includes(mark) && !event.target.closest("a, button.term")) show(mark);
    });
    document.addEventListener("keydown", (event) => {
      const isInside = panel.contains(event.target);
      if (event.key === "Escape" && !panel.hidden) hide();
      else if (isOn && marks.includes(event.target)) {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (by) { event.preventDefault(); step(by); }
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(event.target); title.focus(); }
      } else if (isInside && event.key === "ArrowDown" && event.target === search) found.querySelector("button")?.focus();
    });
  }
}
