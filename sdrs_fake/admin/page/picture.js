// The picture: failed tasks of 30 days, stacked by type of resource.

import { h, s } from "./dom.js";
import { number, t, typeWord } from "./words.js";

const HEIGHT = 172;
const MARGIN = { top: 10, right: 4, bottom: 22, left: 36 };

// `chosen` is the day and the type that the table shows; `choose` takes others.
export function picture({ days, types, width, chosen, choose }) {
	const total = days.reduce((sum, day) => sum + sumOf(day, types), 0);
	const label = t("pictureLabel", days[0].day, days.at(-1).day, number(total));
	return h(
		"div",
		{ class: "picture" },
		h(
			"div",
			{ class: "legend" },
			types.map((type) => legend(type)),
		),
		chart(days, types, width, label, chosen, choose),
		h(
			"details",
			{},
			h("summary", {}, t("pictureTable")),
			h("div", { class: "table-frame low" }, numbers(days, types, label, choose)),
		),
	);
}

const sumOf = (day, types) => types.reduce((sum, type) => sum + day[type], 0);

const legend = (type) =>
	h("span", { class: "type" }, h("i", { class: `swatch ${type}` }), typeWord(type));

function chart(days, types, width, label, chosen, choose) {
	const inner = width - MARGIN.left - MARGIN.right;
	const step = inner / days.length;
	const top = scale(Math.max(...days.map((day) => sumOf(day, types))));
	const y = (value) => MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) * (1 - value / top);
	const lines = [0, top / 2, top].map((value) => [
		s("line", { class: "grid", x1: MARGIN.left, x2: width, y1: y(value), y2: y(value) }),
		s("text", { class: "tick end", x: MARGIN.left - 8, y: y(value) + 4 }, number(value)),
	]);
	const every = Math.ceil(64 / step);
	const bars = days.map((day, place) => {
		const x = MARGIN.left + place * step;
		const isLabelled = (days.length - 1 - place) % every === 0;
		return [
			column(day, types, { x: x + step * 0.14, width: step * 0.72, y, chosen, choose }),
			isLabelled &&
				s(
					"text",
					{ class: "tick mid", x: Math.min(x + step / 2, width - 17), y: HEIGHT - 5 },
					day.day.slice(5),
				),
		];
	});
	const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
	return s("svg", { ...size, role: "img", "aria-label": label }, lines, bars);
}

function column(day, types, { x, width, y, chosen, choose }) {
	let below = 0;
	return types
		.filter((type) => day[type])
		.map((type) => {
			const from = y(below);
			below += day[type];
			const isOther = chosen.day && !(chosen.day === day.day && chosen.type === type);
			const bar = {
				class: `bar ${type}${isOther ? " other" : ""}`,
				"data-key": `${day.day}-${type}`,
				x,
				width,
				y: y(below),
				height: Math.max(1, from - y(below) - 1),
				rx: Math.min(2, width / 4),
				onclick: () => choose(day.day, type),
			};
			const words = `${day.day} · ${typeWord(type)}: ${number(day[type])}`;
			return s("rect", bar, s("title", {}, words));
		});
}

// The end of the scale: an even number, so that its half is one too.
function scale(most) {
	const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
	const steps = [1, 2, 4, 6, 8, 10].map((each) => each * power);
	const end = steps.find((each) => each >= most);
	return end % 2 ? Math.max(2, end + 1) : end;
}

function numbers(days, types, label, choose) {
	const cell = (day, type) =>
		day[type]
			? h(
					"button",
					{
						type: "button",
						class: "link",
						"aria-label": `${day.day}, ${typeWord(type)}: ${day[type]}`,
						onclick: () => choose(day.day, type),
					},
					number(day[type]),
				)
			: "0";
	return h(
		"table",
		{ "aria-label": label },
		h(
			"thead",
			{},
			h(
				"tr",
				{},
				[t("day"), ...types.map(typeWord), t("total")].map((each, place) =>
					h("th", { scope: "col", class: place ? "num" : "" }, each),
				),
			),
		),
		h(
			"tbody",
			{},
			days.toReversed().map((day) =>
				h(
					"tr",
					{ "data-key": day.day },
					h("th", { scope: "row" }, day.day),
					types.map((type) =>
						h("td", { class: "num", "data-label": typeWord(type) }, h("div", {}, cell(day, type))),
					),
					h("td", { class: "num", "data-label": t("total") }, number(sumOf(day, types))),
				),
			),
		),
	);
}
