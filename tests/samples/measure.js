// What is cut, small or faint in the document D of the window W.
const root = D.documentElement, width = root.clientWidth;
const name = (element) => element.closest("figure")?.id;
const isSeen = (element) => element.getClientRects().length > 0;
const texts = [...D.querySelectorAll("svg text")].filter(isSeen);
const pixels = (text) => {
  const scale = text.getScreenCTM();
  return parseFloat(W.getComputedStyle(text).fontSize) * Math.hypot(scale.a, scale.b);
};
const luminance = (colour) => colour.match(/[\d.]+/g).slice(0, 3)
  .map((channel) => channel / 255)
  .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0.05);
const under = (text) => {
  text.scrollIntoView({ block: "center" });
  const box = text.getBoundingClientRect();
  const shape = D.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).find(
    (other) => other.matches("path, rect") && W.getComputedStyle(other).fill !== "none"
      && other.closest("svg") === text.closest("svg"),
  );
  const style = W.getComputedStyle(shape ?? root);
  return shape ? style.fill : style.backgroundColor;
};
const contrast = (text) => {
  const pair = [W.getComputedStyle(text).fill, under(text)].map(luminance);
  return Math.max(...pair) / Math.min(...pair);
};
const isOut = (text) => {
  const box = text.getBoundingClientRect(), all = text.closest("svg").getBoundingClientRect();
  return box.right > all.right + 1 || box.left < all.left - 1;
};
result = {
  width,
  wide: root.scrollWidth,
  cut: [...D.querySelectorAll("figure, table, svg, math, .key-figures, .sliders")].filter(isSeen)
    .filter((element) => element.getBoundingClientRect().right > width + 0.5).map(name),
  undrawn: [...D.querySelectorAll("figure.chart")]
    .filter((figure) => [...figure.querySelectorAll(".picture svg")].filter(isSeen).length !== 1)
    .map(name),
  small: texts.filter((text) => pixels(text) < 9).map(name),
  out: texts.filter(isOut).map((text) => `${name(text)}: ${text.textContent}`),
  faint: texts.map((text) => [contrast(text), text.textContent]).filter(([one]) => one < 4.49),
};
