// The clock: the fake's time, and moving it forward.

import * as api from "./api.js";
import { h } from "./dom.js";
import { button, field, time, toast } from "./parts.js";
import { t } from "./words.js";

const STEPS = [
	["addMinute", { minutes: 1 }],
	["addHour", { hours: 1 }],
	["addDay", { days: 1 }],
	["addWeek", { days: 7 }],
];

export default {
	id: "clock",
	depends: () => "",

	load: async () => null,

	render(app) {
		const move = (body) =>
			app.run(async () => {
				const { now } = await api.admin("POST", "clock", body);
				toast(t("nowIs", time(now)));
			});
		return h(
			"section",
			{ class: "card narrow" },
			h(
				"p",
				{ class: "big" },
				h("time", { datetime: app.changes.now }, time(app.changes.now)),
				h("small", {}, "UTC"),
			),
			h("p", { class: "hint" }, t("clockHint")),
			h(
				"div",
				{ class: "buttons" },
				STEPS.map(([key, body]) => button(t(key), () => move(body))),
			),
			line(
				t("seconds"),
				{ name: "seconds", inputmode: "decimal", required: true, placeholder: "90" },
				t("advance"),
				(text) => move({ seconds: Number(text) }),
			),
			line(
				t("setTo"),
				{ name: "set", required: true, placeholder: "2027-01-01T00:00:00Z" },
				t("set"),
				(text) => move({ set: text }),
			),
		);
	},
};

function line(label, input, word, submit) {
	const onsubmit = (event) => {
		event.preventDefault();
		submit(event.target.elements[input.name].value);
	};
	return h(
		"form",
		{ class: "line", onsubmit },
		field(label, h("input", { autocomplete: "off", ...input })),
		h("button", { class: "button" }, word),
	);
}
