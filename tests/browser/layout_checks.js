// What a page may not do at any width and size; returns one sentence per finding.
({ target }) => {
  const found = [];
  const root = document.documentElement;
  const words = (node) => node.textContent.trim().slice(0, 20);
  if (root.scrollWidth > root.clientWidth) {
    found.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  }
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden"
      && !element.closest(".ll-sr, .ll-skip");
  };
  for (const element of document.querySelectorAll("a, button, input, select, summary")) {
    if (!isSeen(element)) continue;
    // A radio or a box is pressed by the label around it.
    const pressed = element.matches("[type=radio], [type=checkbox]") && element.closest("label");
    const box = (pressed || element).getBoundingClientRect();
    if (box.height < target - 0.5) {
      found.push(`target of ${Math.round(box.height)} px: ${element.className} ${words(element)}`);
    }
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !isSeen(element)) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 13.99) found.push(`text of ${size} px: ${words(node)}`);
    const style = getComputedStyle(element);
    if (style.display !== "inline" && style.overflow !== "visible"
        && element.scrollWidth > element.clientWidth + 1) {
      found.push(`clipped: ${words(node)}`);
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const longest = Math.max(...[...range.getClientRects()].map((line) => line.width / size));
    if (longest > 42) found.push(`line of ${Math.round(longest)} characters: ${words(node)}`);
  }
  return found;
}
