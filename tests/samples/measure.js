// What is cut, small or faint in the document D of the window W, and what axe finds, on each of SCREENS.
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const root = D.documentElement;
const name = (element) => element.closest("figure")?.id;
const isSeen = (element) => element.getClientRects().length > 0;
const pixels = (text) => {
  const scale = text.getScreenCTM();
  return parseFloat(W.getComputedStyle(text).fontSize) * Math.hypot(scale.a, scale.b);
};
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = (colour) => colour.map((channel) => channel / 255)
  .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0.05);
const opacity = (shape) => {
  const { fill, fillOpacity, opacity } = W.getComputedStyle(shape);
  return (channels(fill)[3] ?? 1) * fillOpacity * opacity;
};
// A colour after a shape that may be seen through was painted over it.
const painted = (colour, shape) => {
  const over = channels(W.getComputedStyle(shape).fill), share = opacity(shape);
  return colour.map((one, at) => one + share * (over[at] - one));
};
// What is painted where a character of a text stands: below the text, and over it.
const shapesAt = (text, place) => {
  const box = text.getExtentOfChar(place);
  const { x, y } = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2)
    .matrixTransform(text.getScreenCTM());
  const shapes = D.elementsFromPoint(x, y).reverse().filter((other) => other.matches("path, rect")
    && other.closest("svg") === text.closest("svg")
    && W.getComputedStyle(other).fill.startsWith("rgb")); // no line, no hatching
  const isOver = (shape) => text.compareDocumentPosition(shape) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [shapes.filter((shape) => !isOver(shape)), shapes.filter(isOver)];
};
// axe passes over the text of pictures: its contrast by what is seen through, and if it is hidden.
const seenAt = (text, place) => {
  const [below, over] = shapesAt(text, place);
  const isMark = (shape) => opacity(shape) < 0.5, marks = over.filter(isMark);
  const ground = below.reduce(painted, channels(W.getComputedStyle(root).backgroundColor));
  const pair = [channels(W.getComputedStyle(text).fill), ground]
    .map((colour) => luminance(marks.reduce(painted, colour)));
  return [Math.max(...pair) / Math.min(...pair), marks.length < over.length];
};
const seen = (text) => {
  text.scrollIntoView({ block: "center" });
  const last = text.getNumberOfChars() - 1;
  const found = [0, last >> 1, last].map((place) => seenAt(text, place));
  return [Math.min(...found.map(([one]) => one)), found.some(([, isHidden]) => isHidden)];
};
const isOut = (text) => {
  const box = text.getBoundingClientRect(), all = text.closest("svg").getBoundingClientRect();
  return box.right > all.right + 1 || box.left < all.left - 1;
};
const measured = () => {
  const texts = [...D.querySelectorAll("svg text")].filter(isSeen), width = root.clientWidth;
  const told = (text) => `${name(text)}: ${text.textContent}`;
  const looks = new Map(texts.map((text) => [text, seen(text)]));
  return {
    wide: Math.max(0, root.scrollWidth - width),
    cut: [...D.querySelectorAll("figure, table, svg, math, .key-figures, .sliders")].filter(isSeen)
      .filter((element) => element.getBoundingClientRect().right > width + 0.5).map(name),
    scrolled: [...D.querySelectorAll(".formula")].filter(isSeen)
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => [element.scrollWidth - element.clientWidth, element.textContent]),
    undrawn: [...D.querySelectorAll("figure.chart")]
      .filter((figure) => [...figure.querySelectorAll(".picture svg")].filter(isSeen).length !== 1)
      .map(name),
    small: texts.filter((text) => pixels(text) < 9).map(told),
    out: texts.filter(isOut).map(told),
    faint: texts.map((text) => [looks.get(text)[0], told(text)]).filter(([one]) => one < 4.49),
    hidden: texts.filter((text) => looks.get(text)[1]).map(told),
  };
};
const axe = D.createElement("script");
axe.src = AXE;
D.head.append(axe);
await new Promise((done) => { axe.onload = done; });
result = [];
for (const [width, isDark] of SCREENS) {
  f.style.width = `${width}px`;
  f.style.colorScheme = isDark ? "dark" : "light";
  const found = await W.axe.run(D, { runOnly: AXE_TAGS, resultTypes: ["violations"] });
  result.push({
    given: W.innerWidth, isDark: W.matchMedia("(prefers-color-scheme: dark)").matches,
    ...measured(),
    axe: found.violations.map((one) => [one.id, one.nodes.map((node) => node.target.join(" "))]),
  });
}
