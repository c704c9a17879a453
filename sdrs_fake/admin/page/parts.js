// Parts that the views share: tables, pages, statuses, dialogs, messages.

import { h } from "./dom.js";
import { number, statusWord, t, typeWord } from "./words.js";

export const PAGE = 50;

export const limits = (page) => ({ limit: PAGE, offset: (page - 1) * PAGE });

// Show the last page where there are fewer by now.
export function stayInside(app, count) {
	const last = Math.max(1, Math.ceil(count / PAGE));
	if (app.page > last) app.replace({ page: last });
}

export const button = (label, onclick, { kind = "", disabled = false, ...more } = {}) =>
	h("button", { type: "button", class: `button ${kind}`, onclick, disabled, ...more }, label);

export const field = (label, control) =>
	h("label", { class: "field" }, h("span", {}, label), control);

export const check = (label, checked, set, more = {}) =>
	h(
		"label",
		{ class: "check" },
		h("input", { type: "checkbox", checked, onchange: (event) => set(event.target.checked), ...more }),
		label,
	);

export const choice = (value, options, onchange, more = {}) =>
	h(
		"select",
		{ value, onchange: (event) => onchange(event.target.value), ...more },
		options.map(([key, label]) => h("option", { value: key, selected: key === value }, label)),
	);

export const empty = (...words) => h("p", { class: "empty" }, words);

export const typePill = (type) =>
	h("span", { class: "type" }, h("i", { class: `swatch ${type}` }), typeWord(type));

let running = new Set();
export const setRunning = (statuses) => {
	running = new Set(statuses);
};

export function statusKind(status) {
	if (running.has(status) || status === "RUNNING") return "running";
	return /error|fail$|fault|invalid/i.test(status) ? "error" : "stable";
}

export const statusPill = (status) =>
	h("span", { class: `pill ${statusKind(status)}`, title: status }, h("i"), statusWord(status));

export const httpPill = (status, isDamaged) =>
	h("span", { class: `pill ${status < 400 && !isDamaged ? "stable" : "error"}` }, status);

export const time = (text) => (text ? text.replace("T", " ").replace(/\.\d+Z?$|Z$/, "") : "–");

// Whether columns fit that are `extra`: in a wide table, and in cards, which rows become where
// there is less room.
const roomy = matchMedia("(min-width: 1180px), (max-width: 959px)");

export const column = (name, cls, cell) => ({ name: t(name), cls, cell });

// A table whose rows can be opened. `detail` is what an open row shows below it.
export function table(all, rows, { key, isOpen, toggle, detail, label }) {
	const columns = all.filter((each) => roomy.matches || !each.extra);
	const head = columns.map(({ name, cls }) => h("th", { scope: "col", class: cls }, name));
	return h(
		"div",
		{ class: "table-frame" },
		h(
			"table",
			{ "aria-label": label },
			h("thead", {}, h("tr", {}, detail && h("th", { class: "opener" }), head)),
			h(
				"tbody",
				{},
				rows.map((row) => tableRow(columns, row, { key, isOpen, toggle, detail })),
			),
		),
	);
}

function tableRow(columns, row, { key, isOpen, toggle, detail }) {
	const id = key(row);
	const open = detail && isOpen(id);
	const opener =
		detail &&
		h(
			"td",
			{ class: "opener" },
			h(
				"button",
				{
					type: "button",
					class: "chevron",
					"aria-expanded": String(Boolean(open)),
					"aria-label": t("details"),
					onclick: () => toggle(id),
				},
				h("i"),
			),
		);
	const cells = columns.map(({ name, cls, cell }) =>
		h("td", { class: cls, "data-label": name }, h("div", {}, cell(row))),
	);
	const clicked = (event) => {
		const isPart = event.target.closest("button, a, input, select");
		if (detail && !isPart && !String(getSelection())) toggle(id);
	};
	const line = h(
		"tr",
		{ "data-key": `row-${id}`, class: open ? "open" : detail ? "can-open" : "", onclick: clicked },
		opener,
		cells,
	);
	if (!open) return line;
	const width = columns.length + 1;
	const below = h("td", { colspan: width }, detail(row));
	return [line, h("tr", { "data-key": `detail-${id}`, class: "detail" }, below)];
}

export function pager(page, count, go) {
	const last = Math.max(1, Math.ceil(count / PAGE));
	const first = count ? (page - 1) * PAGE + 1 : 0;
	const until = Math.min(page * PAGE, count);
	const move = (to, label, sign) =>
		button(sign, () => go(to), {
			disabled: to < 1 || to > last,
			"aria-label": label,
			kind: "small",
		});
	return h(
		"nav",
		{ class: "pager", "aria-label": t("pages") },
		h("span", { class: "range" }, t("range", number(first), number(until), number(count))),
		move(page - 1, t("previousPage"), "‹"),
		h("span", { class: "page" }, `${number(page)} / ${number(last)}`),
		move(page + 1, t("nextPage"), "›"),
	);
}

export const facts = (pairs) =>
	h(
		"dl",
		{ class: "facts" },
		pairs
			.filter(([, value]) => value !== null && value !== undefined && value !== "")
			.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
	);

export const code = (text) => h("pre", { class: "code", tabindex: "0" }, text);

export function toast(message, kind = "") {
	const shown = document.getElementById("toasts");
	if ([...shown.children].some((each) => each.textContent === message)) return;
	const note = h("p", { class: `toast ${kind}` }, message);
	shown.append(note);
	setTimeout(() => note.remove(), kind === "error" ? 8000 : 3500);
}

// Ask in a dialog; the values of its fields, or null.
export function dialog(title, text, confirm, fields = [], kind = "primary") {
	const box = document.getElementById("dialog");
	return new Promise((resolve) => {
		const inputs = fields.map(({ label, ...more }) => {
			const input = h("input", { autocomplete: "off", spellcheck: "false", ...more });
			return { input, line: field(label, input) };
		});
		let answer = null;
		const form = h(
			"form",
			{
				method: "dialog",
				onsubmit: (event) => {
					event.preventDefault();
					answer = inputs.map(({ input }) => input.value);
					box.close();
				},
			},
			h("h2", { id: "dialog-title" }, title),
			text && h("p", {}, text),
			inputs.map(({ line }) => line),
			h(
				"div",
				{ class: "actions" },
				button(t("cancel"), () => box.close()),
				h("button", { class: `button ${kind}` }, confirm),
			),
		);
		box.replaceChildren(form);
		box.setAttribute("aria-labelledby", "dialog-title");
		box.onclose = () => resolve(answer);
		box.showModal();
		(inputs[0]?.input ?? form.querySelector(".actions button:last-child")).focus();
	});
}

// Browsers have the clipboard only for pages of this machine and over HTTPS.
async function copyText(text) {
	if (navigator.clipboard) return navigator.clipboard.writeText(text);
	const area = h("textarea", { value: text });
	document.body.append(area);
	area.select();
	document.execCommand("copy");
	area.remove();
}

export const copyButton = (text) =>
	button(
		t("copy"),
		async () => {
			await copyText(text);
			toast(t("copied"));
		},
		{ kind: "small" },
	);
