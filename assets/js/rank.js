// Lets a ranked paper be filled in by dragging, with buttons and with keys: <fieldset data-rank>. All of them write numbers into the
// fields that the page has without this, so that the same paper is sent. The sentences come with the page.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// ranking returns the items in the order their fields give, or nothing where that is no order: it is mended where it was typed.
const ranking = (items, field) => {
  const typed = items.filter((item) => field.get(item).value.trim() !== "");
  const numbers = typed.map((item) => field.get(item).value.trim());
  if (numbers.some((n) => !/^[0-9]+$/.test(n) || Number(n) < 1) || new Set(numbers.map(Number)).size < numbers.length) return null;
  return typed.sort((a, b) => field.get(a).value - field.get(b).value);
};

class Paper {
  constructor(box, items, field, order) {
    Object.assign(this, { box, items, field, order, past: [], held: null });
    this.mine = box.querySelector(".mine");
    this.rest = box.querySelector(".rank-list:not(.mine)");
    this.status = box.querySelector("[role=status]");
    this.fill = box.querySelector("[type=hidden]");
    this.choices = box.dataset.choices.split("|");
    const aside = document.createElement("div"); // the fields stay in the order they had, or the order sent would be another
    aside.hidden = true;
    aside.append(...items.map((item) => field.get(item)));
    box.append(aside);
    box.classList.add("live");
    for (const part of box.querySelectorAll("[data-plain], [data-live]")) part.hidden = "plain" in part.dataset;
    this.show();
  }

  say(sentence, item) {
    const words = [item?.dataset.name, this.choices[this.order.indexOf(item)]];
    const text = this.box.dataset[sentence].replace(/#[12]/g, (mark) => words[mark[1] - 1]);
    this.status.textContent = this.status.textContent === text ? `${text}\u00a0` : text; // the same words twice are said twice
  }

  // put returns the order with the item at a place, or without it if there is none.
  put(item, place) {
    const order = this.order.filter((other) => other !== item);
    if (place >= 0) order.splice(place, 0, item);
    return order;
  }

  // move changes the order for good, tells, and can be undone.
  move(item, place) {
    this.change(this.put(item, place));
    this.say(place < 0 ? "off" : "placed", item);
  }

  change(order, from = this.order) {
    this.past.push(from);
    this.order = order;
    this.show();
  }

  // show brings lists, numbers and fields in line with the order. What had the focus keeps it.
  show() {
    const focus = document.activeElement, before = this.items.map((item) => item.getBoundingClientRect().top);
    this.showing = true;
    this.mine.append(...this.order);
    this.rest.append(...this.items.filter((item) => !this.order.includes(item)));
    this.items.forEach((item) => this.number(item));
    if (this.box.contains(focus)) focus.focus();
    this.showing = false;
    // However many are ranked, as much is sent: its size would tell.
    this.fill.value = ".".repeat(this.box.dataset.rank - this.items.reduce((n, item) => n + this.field.get(item).value.length, 0));
    this.mine.previousElementSibling.hidden = this.order.length > 0;
    this.rest.previousElementSibling.hidden = this.order.length < this.items.length;
    this.allow("undo", this.past.length > 0);
    this.allow("clear", this.order.length > 0);
    if (!calm.matches) this.items.forEach((item, i) => this.slide(item, before[i] - item.getBoundingClientRect().top));
  }

  number(item) {
    const at = this.order.indexOf(item);
    this.field.get(item).value = at < 0 ? "" : at + 1;
    item.querySelector(".place").textContent = at < 0 ? "" : (at + 1).toLocaleString(document.documentElement.lang);
    for (const button of item.querySelectorAll("[data-move]")) button.hidden = (button.dataset.move === "add") === (at >= 0);
    this.allow("up", at > 0, item);
    this.allow("down", at < this.order.length - 1, item);
  }

  // allow leaves a button that does nothing now where it is: it may have the focus.
  allow(move, may, within = this.box) { within.querySelector(`[data-move=${move}]`).setAttribute("aria-disabled", !may); }

  slide(item, by) {
    if (by && item !== this.held) item.animate([{ translate: `0 ${by}px` }, { translate: "0 0" }], { duration: 150, easing: "ease-out" });
  }

  press(button) {
    const item = button.closest(".rank-item"), at = this.order.indexOf(item), next = this.next(button, item);
    if (button.getAttribute("aria-disabled") === "true") return;
    switch (button.dataset.move) {
      case "up": this.move(item, at - 1); break;
      case "down": this.move(item, at + 1); break;
      case "add": this.move(item, this.order.length); next.focus(); break;
      case "off": this.move(item, -1); next.focus(); break;
      case "clear": this.change([]); this.say("cleared"); break;
      case "undo": this.order = this.past.pop(); this.show(); this.say("undone"); break;
    }
  }

  // next returns where the focus goes when a button's item leaves its list: to the same button of a neighbour.
  next(button, item) {
    const other = item?.nextElementSibling ?? item?.previousElementSibling;
    return other?.querySelector(`[data-move=${button.dataset.move}]`) ?? this.box.querySelector("[data-move=undo]");
  }

  // Keys: what is picked up moves with the arrows, and the fields with it; putting it down makes that one step to undo.
  hold(item) {
    Object.assign(this, { held: item, from: this.order });
    this.mark(item, true);
    this.say("held", item);
  }

  mark(item, held) {
    item.classList.toggle("held", held);
    item.querySelector(".grip").setAttribute("aria-pressed", held);
  }

  // let puts down what is held, or with back returns it to where it was.
  let(back) {
    const item = this.held, from = this.from;
    this.held = null;
    this.mark(item, false);
    if (back) {
      this.order = from;
      this.show();
      this.say("back", item);
    } else {
      if (this.order.some((other, i) => other !== from[i]) || this.order.length !== from.length) this.change(this.order, from);
      this.say(this.order.includes(item) ? "placed" : "off", item);
    }
  }

  key(event) {
    if (event.key === "Escape" && this.held) this.let(true);
    else if (event.key === "ArrowUp" && this.held) this.carry(-1);
    else if (event.key === "ArrowDown" && this.held) this.carry(1);
    else return;
    event.preventDefault();
  }

  // carry takes what is held a place up or down; after the last place comes the list of what is not ranked.
  carry(by) {
    const at = this.order.indexOf(this.held), last = this.order.length;
    if ((at < 0 && by > 0) || at + by === -1 && at === 0) return;
    const to = at < 0 ? last : at + by;
    this.order = this.put(this.held, at >= 0 && to === last ? -1 : to);
    this.show();
    this.say(this.order.includes(this.held) ? "placed" : "off", this.held);
  }

  // at returns the place in the order for a height on the screen: below every grip that is higher up. It is -1 where the list of
  // what is not ranked begins.
  at(y, item) {
    if (y > this.rest.parentElement.getBoundingClientRect().top) return -1;
    const middle = (other) => { const { top, height } = other.querySelector(".grip").getBoundingClientRect(); return top + height / 2; };
    return this.order.filter((other) => other !== item && middle(other) < y).length;
  }

  // after returns what comes after a place for the item, or null for the end of the list.
  after(item, place) {
    if (place >= 0) return this.order.filter((other) => other !== item)[place] ?? null;
    return this.items.slice(this.items.indexOf(item) + 1).find((other) => !this.order.includes(other)) ?? null;
  }
}

const near = 72; // pixels from the edge of the screen at which the page comes along

// drag follows a pointer that was pressed on an item's grip. The item stays where it is in the page and is only drawn elsewhere, for
// one that left its place would lose the pointer; a gap of its size shows where it would go.
const drag = (paper, item, down) => {
  const gap = document.createElement("li"), end = new AbortController(), { top, width, height } = item.getBoundingClientRect();
  const grip = item.querySelector(".grip");
  let y = down.clientY, place, moved = false, frame;
  const lift = () => {
    moved = true;
    gap.className = "gap";
    gap.style.blockSize = `${height}px`;
    item.style.inlineSize = `${width}px`;
    paper.mark(item, true);
    item.classList.add("dragged");
    creep();
  };
  const follow = () => {
    item.style.insetBlockStart = `${top + y - down.clientY}px`;
    place = paper.at(y, item);
    const before = paper.after(item, place), list = place < 0 ? paper.rest : paper.mine;
    if (gap.parentElement !== list || gap.nextElementSibling !== before) list.insertBefore(gap, before);
  };
  const creep = () => {
    const by = y < near ? y - near : Math.max(y - innerHeight + near, 0);
    if (by) { scrollBy({ top: by / 4, behavior: "instant" }); follow(); }
    frame = requestAnimationFrame(creep);
  };
  const stop = (drop) => {
    end.abort();
    cancelAnimationFrame(frame);
    gap.remove();
    if (!moved) return;
    paper.mark(item, false);
    item.classList.remove("dragged");
    item.style.insetBlockStart = item.style.inlineSize = "";
    if (drop && place !== paper.order.indexOf(item)) paper.move(item, place);
    else paper.say("back", item);
    grip.focus({ preventScroll: true });
  };
  const listen = (to, name, work) => to.addEventListener(name, work, { signal: end.signal });
  const mine = (work) => (event) => { if (event.pointerId === down.pointerId) work(event); };
  grip.setPointerCapture(down.pointerId);
  listen(grip, "pointermove", mine((event) => {
    y = event.clientY;
    if (!moved && Math.abs(y - down.clientY) < 5) return; // a hand that shakes is not a drag
    if (!moved) lift();
    follow();
  }));
  listen(grip, "pointerup", mine(() => stop(true)));
  listen(grip, "pointercancel", mine(() => stop(false)));
  listen(document, "keydown", (event) => { if (event.key === "Escape") stop(false); });
  return end.signal;
};

const wake = (box) => {
  const items = [...box.querySelectorAll(".rank-item")], field = new Map(items.map((item) => [item, item.querySelector(".input")]));
  const order = ranking(items, field);
  if (!order) return;
  const paper = new Paper(box, items, field, order);
  let dragged;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]"), grip = event.target.closest(".grip");
    if (button) paper.press(button);
    else if (grip && event.detail === 0) paper.held ? paper.let(false) : paper.hold(grip.closest(".rank-item")); // by keys or a reader
  });
  box.addEventListener("keydown", (event) => paper.key(event));
  box.addEventListener("focusout", () => { if (paper.held && !paper.showing) paper.let(false); });
  box.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button !== 0 || dragged?.aborted === false) return;
    if (paper.held) paper.let(false);
    dragged = drag(paper, grip.closest(".rank-item"), event);
  });
};

export const start = (root) => root.querySelectorAll("[data-rank]").forEach(wake);
