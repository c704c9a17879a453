// Data: scenarios, generated data, and back to the start.

import * as api from "./api.js";
import { h } from "./dom.js";
import { button, check, dialog, field, toast } from "./parts.js";
import { number, scenarioWords, t } from "./words.js";

const form = { failures: "200", groups: "4", seed: "", replace: false };

export default {
	id: "seed",
	depends: () => "",

	load: () => api.admin("GET", "scenarios"),

	render(app, { scenarios }) {
		const add = (body) =>
			app.run(async () => {
				if (form.replace) await api.admin("POST", "reset");
				const { failure_jobs, protection_groups } = await api.admin("POST", "scenarios", {
					project_id: app.project,
					...body,
				});
				toast(t("seeded", number(failure_jobs), number(protection_groups)));
			});
		const setReplace = (on) => {
			form.replace = on;
		};
		const replace = check(t("replace"), form.replace, setReplace, { name: "replace" });
		return [
			h("div", { class: "toolbar" }, replace),
			h(
				"div",
				{ class: "cards" },
				scenarios.map((each) => scenario(each, add)),
				generated(add),
				again(app),
			),
		];
	},
};

function scenario(each, add) {
	const [title, description] = scenarioWords(each);
	return h(
		"section",
		{ class: "card tile", "data-key": each.name },
		h("h2", {}, title),
		h(
			"p",
			{ class: "hint" },
			h("code", {}, each.name),
			" · ",
			t("scenarioFacts", number(each.failures), number(each.groups)),
		),
		h("p", {}, description),
		h(
			"div",
			{ class: "actions" },
			button(t("add"), () => add({ scenario: each.name }), {
				"aria-label": `${t("add")} ${each.name}`,
			}),
		),
	);
}

function generated(add) {
	const input = (name, label) =>
		field(
			label,
			h("input", {
				name,
				value: form[name],
				inputmode: "numeric",
				autocomplete: "off",
				oninput: (event) => {
					form[name] = event.target.value;
				},
			}),
		);
	const onsubmit = (event) => {
		event.preventDefault();
		const given = ["failures", "groups", "seed"].filter((name) => form[name] !== "");
		add(Object.fromEntries(given.map((name) => [name, Number(form[name])])));
	};
	return h(
		"section",
		{ class: "card tile" },
		h("h2", {}, t("generated")),
		h(
			"form",
			{ class: "form", onsubmit },
			h(
				"div",
				{ class: "grid three" },
				input("failures", t("failures")),
				input("groups", t("groupsCount")),
				input("seed", t("seedNumber")),
			),
			h("div", { class: "actions" }, h("button", { class: "button" }, t("add"))),
		),
	);
}

function again(app) {
	const reset = (body) =>
		app.run(async () => {
			await api.admin("POST", "reset", body);
			toast(t("resetDone"));
		});
	const clear = async () => {
		if (await dialog(t("emptyTitle"), "", t("emptyAll"), [], "danger")) await reset();
	};
	return h(
		"section",
		{ class: "card tile" },
		h("h2", {}, t("startAgain")),
		h("p", {}, t("startText")),
		h(
			"div",
			{ class: "actions" },
			button(t("emptyAll"), clear, { kind: "danger" }),
			button(t("toStart"), () => reset({ to: "start" })),
		),
	);
}
