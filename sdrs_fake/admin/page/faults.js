// Faults: what is armed, and a form that is built from the API table.

import * as api from "./api.js";
import { h } from "./dom.js";
import { button, check, choice, column, empty, field, table, toast } from "./parts.js";
import { number, t } from "./words.js";

// The arguments of each kind, with what arms something useful at once.
const OPTIONS = {
	fail: ["status", "code", "network", "latency", "sleep", "retry_after"],
	fail_job: ["code", "reason"],
	defer: ["delay"],
	insert_between_pages: [],
	delete_between_pages: [],
	wrong_count: ["by"],
	short_page: [],
};
const SCHEDULE = ["times", "after", "every"];
const NUMBERS = new Set(["status", "latency", "retry_after", "delay", "by", ...SCHEDULE]);
const START = { fail: { status: "503" }, defer: { delay: "60" }, wrong_count: { by: "1" } };
const COMPARISONS = [
	["", "="],
	["__gt", ">"],
	["__ge", "≥"],
	["__lt", "<"],
	["__le", "≤"],
];

const form = { kind: "fail", operation: "", values: { ...START.fail, times: "1" }, only: [] };

export default {
	id: "faults",
	depends: (changes) => changes.faults,

	load: () => api.admin("GET", "faults"),

	render(app, { faults }) {
		return h("div", { class: "split" }, armed(app, faults), armForm(app));
	},
};

function armed(app, faults) {
	const end = (path) => () => app.run(() => api.admin("DELETE", path));
	const columns = [
		{ name: "#", cls: "num w-no", cell: (fault) => fault.number },
		column("fault", "w-rest", (fault) => h("code", { class: "whole" }, fault.description)),
		column("status", "w-word", (fault) =>
			h(
				"span",
				{ class: `pill ${fault.armed ? "running" : "off"}` },
				h("i"),
				t(fault.armed ? "armed" : "over"),
			),
		),
		column("matched", "num w-num", (fault) => number(fault.matched)),
		column("fired", "num w-num", (fault) => number(fault.fired)),
		column("actions", "w-act", (fault) =>
			button(t("disarm"), end(`faults/${fault.number}`), {
				kind: "small danger",
				disabled: !fault.armed,
				"aria-label": `${t("disarm")} ${fault.number}`,
			}),
		),
	];
	return h(
		"section",
		{ class: "card" },
		h(
			"header",
			{ class: "headed" },
			h("h2", {}, t("faults")),
			button(t("disarmAll"), end("faults"), { kind: "danger", disabled: !faults.length }),
		),
		faults.length
			? table(columns, faults.toReversed(), { key: (fault) => fault.number, label: t("faults") })
			: empty(t("noFaults")),
	);
}

// The operations that a kind is for, by the API table.
function operationsOf(app) {
	const { operations } = app.table;
	if (form.kind === "fail") return operations;
	if (form.kind === "fail_job") return operations.filter((each) => each.starts_job);
	if (form.kind === "defer") return operations.filter((each) => each.writes);
	return [];
}

function armForm(app) {
	const operations = operationsOf(app);
	const chosen = app.table.operations.find(
		({ id }) => id === (operations.length ? form.operation : "ListFailureJobs"),
	);
	const change = (changes) => {
		Object.assign(form, changes);
		app.render();
	};
	const kinds = app.table.kinds.map((kind) => [kind, t(`kind_${kind}`)]);
	const setKind = (kind) =>
		change({
			kind,
			operation: "",
			only: [],
			values: { ...START[kind], times: kind === "wrong_count" ? "" : "1" },
		});
	const submit = (event) => {
		event.preventDefault();
		app.run(async () => {
			const fault = await api.admin("POST", "faults", bodyOf(operations));
			toast(t("armedNote", fault.description));
		});
	};
	return h(
		"section",
		{ class: "card" },
		h("h2", {}, t("arm")),
		h(
			"form",
			{ class: "form", onsubmit: submit },
			field(t("kind"), choice(form.kind, kinds, setKind, { name: "kind" })),
			operations.length > 0 &&
				field(
					t("operation"),
					choice(
						form.operation,
						[["", t("anyOperation")], ...operations.map(({ id }) => [id, id])],
						(operation) => change({ operation, only: [] }),
						{ name: "operation" },
					),
				),
			h(
				"div",
				{ class: "grid" },
				[...OPTIONS[form.kind], ...SCHEDULE].map((name) => option(app, name)),
			),
			chosen && conditions(chosen, change),
			h("div", { class: "actions" }, h("button", { class: "button primary" }, t("armButton"))),
		),
	);
}

function option(app, name) {
	const set = (value) => {
		form.values[name] = value;
	};
	const value = form.values[name] ?? "";
	const choices = { status: app.table.fault_statuses.map(String), network: app.table.networks }[
		name
	];
	if (choices) {
		const options = [["", "–"], ...choices.map((each) => [each, each])];
		return field(t(`option_${name}`), choice(value, options, set, { name }));
	}
	if (name === "sleep") return check(t("option_sleep"), value === true, set, { name });
	const more = NUMBERS.has(name)
		? { inputmode: "decimal", placeholder: name === "times" ? t("unlimited") : "" }
		: {};
	return field(
		t(`option_${name}`),
		h("input", {
			name,
			value,
			autocomplete: "off",
			oninput: (event) => set(event.target.value),
			...more,
		}),
	);
}

// Only where parameters, ids in the path or fields of the body have a value.
function conditions(operation, change) {
	const edit = (place, changes) =>
		change({
			only: form.only.map((each, index) => (index === place ? { ...each, ...changes } : each)),
		});
	const fields = operation.fields.map((each) => [each, each]);
	const lines = form.only.map((each, place) =>
		h(
			"div",
			{ class: "condition", "data-key": `only-${place}` },
			choice(each.name, fields, (name) => edit(place, { name }), { "aria-label": t("onlyField") }),
			choice(each.comparison, COMPARISONS, (comparison) => edit(place, { comparison }), {
				"aria-label": "=",
			}),
			h("input", {
				value: each.value,
				"aria-label": t("onlyValue"),
				oninput: (event) => {
					form.only[place].value = event.target.value;
				},
			}),
			button("×", () => change({ only: form.only.filter((_, index) => index !== place) }), {
				kind: "small",
				"aria-label": t("remove"),
			}),
		),
	);
	const add = () =>
		change({ only: [...form.only, { name: operation.fields[0], comparison: "", value: "" }] });
	return h(
		"fieldset",
		{},
		h("legend", {}, t("only")),
		lines,
		button(t("addField"), add, { kind: "small", disabled: !operation.fields.length }),
	);
}

const valueOf = (name, text) =>
	NUMBERS.has(name) && text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;

function bodyOf(operations) {
	const body = { kind: form.kind };
	if (operations.length && form.operation) body.operation = form.operation;
	for (const name of [...OPTIONS[form.kind], ...SCHEDULE]) {
		const value = form.values[name];
		if (value) body[name] = value === true ? true : valueOf(name, value);
	}
	for (const { name, comparison, value } of form.only) {
		const isNumber = comparison || ["limit", "offset"].includes(name);
		body[name + comparison] = isNumber && value.trim() !== "" ? Number(value) : value;
	}
	return body;
}
