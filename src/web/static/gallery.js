// The gallery page: lists one page of one folder.

import { refusal } from "./refusal.js";

const { root } = document.body.dataset;
const query = new URLSearchParams(location.search);
const element = (id) => document.getElementById(id);

const encode = (id) => id.split("/").map(encodeURIComponent).join("/");
const address = (folder, page = 1) => {
  const parts = new URLSearchParams();
  if (folder) parts.set("folder", folder);
  if (page > 1) parts.set("page", page);
  const text = parts.toString();
  return text ? `${root}/?${text}` : `${root}/`;
};

/** An element with properties and children. */
function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

try {
  const wanted = new URLSearchParams({
    folder: query.get("folder") ?? "",
    page: query.get("page") ?? 1,
  });
  const response = await fetch(`${root}/api/images?${wanted}`);
  if (!response.ok) throw await refusal(response);
  show(await response.json());
} catch (error) {
  const lost = error instanceof TypeError;
  say(lost ? "The server cannot be reached." : error.message);
}

function say(text) {
  element("message").textContent = text;
  element("message").hidden = false;
}

function show(listing) {
  const { folder, folders, images, page, pages, total } = listing;
  const number = total.toLocaleString("en");
  element("count").textContent = `${number} ${total === 1 ? "image" : "images"}`;
  showCrumbs(folder);
  element("folders").hidden = folders.length === 0;
  element("folders").replaceChildren(
    ...folders.map(({ name, path }) => make("li", {}, make("a", { href: address(path) }, name))),
  );
  if (images.length + folders.length === 0) say("No images here.");
  const alone = total === 1 && folders.length === 0 && isSample(images[0], folder);
  const boxes = alone ? ["!1280,960", "!2400,1800"] : ["!320,240", "!640,480"];
  element("images").replaceChildren(...images.map((image) => card(image, folder, boxes)));
  document.body.classList.toggle("alone", alone);
  element("hint").hidden = !alone;
  showPages(folder, page, pages);
}

function showCrumbs(folder) {
  if (!folder) return;
  document.title = `${folder} · Pyramis`;
  const names = folder.split("/");
  const links = names.map((name, index) => {
    const path = names.slice(0, index + 1).join("/");
    const link = make("a", { href: address(path) }, name);
    if (index === names.length - 1) link.ariaCurrent = "page";
    return link;
  });
  element("crumbs").replaceChildren(make("a", { href: address("") }, "All"), ...links);
}

function isSample(image, folder) {
  return folder === "" && image?.id === "sample.tif";
}

/** An image of the grid; `boxes` are the sizes of the thumbnail for plain and dense screens. */
function card({ name, id }, folder, [plain, dense]) {
  const sample = isSample({ id }, folder);
  const thumbnail = `${root}/iiif/${encode(id)}/full/`;
  const size = (box) => `${thumbnail}${box}/0/default.jpg`;
  const picture = make("img", { alt: "", loading: "lazy", decoding: "async" });
  const frame = make("span", { className: "frame" }, picture);
  const label = make("span", { className: "name", title: name }, name);
  if (sample) label.append(make("span", { className: "badge" }, "sample"));
  picture.addEventListener("load", () => {
    // Very long or tall pictures would lose most of themselves to a crop.
    const shape = picture.naturalWidth / picture.naturalHeight;
    picture.classList.toggle("whole", shape > 2.4 || shape < 0.6);
    picture.classList.add("loaded");
  });
  picture.addEventListener("error", () => explain(frame, size(plain)), { once: true });
  picture.srcset = `${size(plain)}, ${size(dense)} 2x`;
  return make("li", {}, make("a", { href: `${root}/view/${encode(id)}` }, frame, label));
}

/** Puts the server's reason in place of a picture that did not come. */
async function explain(frame, url) {
  frame.classList.add("broken");
  let reason = "The server cannot be reached.";
  try {
    const response = await fetch(url);
    reason = response.ok ? "The picture cannot be shown." : (await refusal(response)).message;
  } catch {
    // The sentence above stands.
  }
  frame.replaceChildren(make("span", { className: "reason" }, reason));
}

function showPages(folder, page, pages) {
  if (pages < 2) return;
  const near = (number) => Math.abs(number - page) <= 2 || number === 1 || number === pages;
  const items = [];
  for (let number = 1; number <= pages; number += 1) {
    if (near(number)) items.push(pageLink(String(number), folder, number, number === page));
    else if (near(number - 1)) items.push(make("span", {}, "…"));
  }
  const back = pageLink("Previous", folder, page - 1, false, page <= 1);
  const next = pageLink("Next", folder, page + 1, false, page >= pages);
  element("pages").replaceChildren(back, make("span", { className: "numbers" }, ...items), next);
  element("pages").hidden = false;
}

function pageLink(text, folder, page, current, disabled = false) {
  if (disabled) return make("span", { ariaDisabled: "true" }, text);
  const link = make("a", { href: address(folder, page) }, text);
  if (current) link.ariaCurrent = "page";
  return link;
}
