// Requests as they come: what was asked, how it was answered, which fault it met.

import * as api from "./api.js";
import { h } from "./dom.js";
import {
	button,
	check,
	choice,
	code,
	column,
	copyButton,
	empty,
	facts,
	field,
	httpPill,
	table,
} from "./parts.js";
import { number, t } from "./words.js";

const opened = new Set();
const details = new Map();
const newerPages = []; // where the pages before this one began

const showDetail = async (id) => details.set(id, await api.admin("GET", `requests/${id}`));

export default {
	id: "requests",
	depends: (changes) => changes.journal,

	async load(app) {
		const names = ["before", "operation", "refused"];
		const given = Object.fromEntries(names.map((name) => [name, app.get(name)]));
		const page = await api.admin("GET", `requests${api.query(given)}`);
		const shown = new Set(page.requests.map((each) => each.number));
		for (const id of opened) if (!shown.has(id)) opened.delete(id);
		return page;
	},

	render(app, page) {
		return h(
			"section",
			{ class: "card" },
			toolbar(app, page),
			h("p", { class: "hint" }, t("requestsHint")),
			page.requests.length ? rows(app, page.requests) : empty(t("noRequests")),
			pages(app, page),
		);
	},
};

function toolbar(app, page) {
	const operations = app.table.operations.map(({ id }) => [id, id]);
	const set = (name) => (value) => app.go({ [name]: value, before: "" });
	const refused = app.get("refused") === "true";
	const clear = () =>
		app.run(async () => {
			await api.admin("DELETE", "journal");
			app.replace({ before: "" });
		});
	return h(
		"div",
		{ class: "toolbar" },
		field(
			t("operation"),
			choice(app.get("operation"), [["", t("all")], ...operations], set("operation")),
		),
		check(t("onlyRefused"), refused, (on) => set("refused")(on ? "true" : "")),
		h("span", { class: "spring" }),
		button(t("clear"), clear, { kind: "danger", disabled: !page.count }),
	);
}

function rows(app, requests) {
	const columns = [
		{ name: "#", cls: "num w-no", cell: (each) => number(each.number) },
		column("status", "w-http", (each) => httpPill(each.status, each.network_fault)),
		column("operation", "w-name", (each) =>
			each.operation
				? h("strong", { class: "cut", title: each.operation }, each.operation)
				: h("em", {}, t("unknown")),
		),
		column("request", "w-rest", (each) =>
			h(
				"code",
				{ class: "cut", title: each.target },
				`${each.method} ${shortened(app, each.target)}`,
			),
		),
		column("refusal", "w-name", (each) =>
			each.code &&
			h(
				"span",
				{ class: "cut", title: each.message },
				h("code", {}, each.code),
				` ${each.message}`,
			),
		),
		column("fault", "w-name", (each) =>
			each.fault && h("span", { class: "cut fault", title: each.fault }, each.fault),
		),
	];
	const options = {
		key: (each) => each.number,
		isOpen: (id) => opened.has(id) && details.has(id),
		toggle: app.toggler(opened, showDetail),
		detail: (each) => detail(each, details.get(each.number)),
		label: t("requests"),
	};
	return table(columns, requests, options);
}

// The path below the project, which is the same in all of them.
function shortened(app, target) {
	const start = `/v1/${app.projectPath}/`;
	return target.startsWith(start) ? `…/${target.slice(start.length)}` : target;
}

function detail(row, full) {
	return h(
		"div",
		{ class: "stack" },
		h("div", { class: "headed" }, h("h3", {}, t("curl")), copyButton(full.curl)),
		code(full.curl),
		facts([
			[t("refusal"), row.code && `${row.code} ${row.message}`],
			[t("fault"), row.fault],
			[t("network"), full.network_fault],
			[t("unknownParams"), full.unknown_params.join(", ")],
			[t("unknownFields"), full.unknown_fields.join(", ")],
			[t("note"), full.note],
		]),
		full.body && [h("h3", {}, t("body")), code(pretty(full.body))],
		full.response && [h("h3", {}, t("response")), code(pretty(full.response))],
	);
}

const MOST = 20_000;

function pretty(text) {
	let shown = text;
	try {
		shown = JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		// as it was sent
	}
	return shown.length > MOST ? `${shown.slice(0, MOST)}…` : shown;
}

function pages(app, { requests, count, newer, older }) {
	const first = count ? newer + 1 : 0;
	const further = () => {
		newerPages.push(app.get("before"));
		app.go({ before: requests.at(-1).number });
	};
	return h(
		"nav",
		{ class: "pager", "aria-label": t("pages") },
		h(
			"span",
			{ class: "range" },
			t("range", number(first), number(newer + requests.length), number(count)),
		),
		button(t("newest"), () => app.go({ before: "" }), { kind: "small", disabled: !newer }),
		button("‹", () => app.go({ before: newerPages.pop() ?? "" }), {
			kind: "small",
			disabled: !newer,
			"aria-label": t("newer"),
		}),
		button("›", further, { kind: "small", disabled: !older, "aria-label": t("older") }),
	);
}
