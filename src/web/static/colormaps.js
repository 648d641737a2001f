// Colour maps as the server draws them, sampled for a preview: numbers only, no page.

/** Colours at equal steps from the black of the image to its white. */
const COLOURS = {
  grey: "000000 ffffff",
  red: "000000 ff0000",
  green: "000000 00ff00",
  blue: "000000 0000ff",
  hot: "000000 ff0000 ffff00 ffffff",
  cold: "000000 0000ff 00ffff ffffff",
  jet: "000080 0000ff 0080ff 00ffff 80ff80 ffff00 ff8000 ff0000 800000",
  viridis: "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
  magma: "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
  inferno: "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
  plasma: "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921",
  cividis: "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838",
  turbo:
    "30123b 4145ab 4675ed 39a2fc 1bcfd4 24eca6 61fc6c a4fc3b " +
    "d1e834 f3c63a fe9b2d f36315 d93806 b11901 7a0402",
};

/** Names that `CMP` knows. */
export const MAPS = Object.keys(COLOURS);

/** A map as a picture for style sheets, dark values on the left. */
export function gradient(name, inverted = false) {
  const colours = (COLOURS[name] ?? COLOURS.grey).split(" ").map((colour) => `#${colour}`);
  return `linear-gradient(to ${inverted ? "left" : "right"}, ${colours.join(", ")})`;
}
