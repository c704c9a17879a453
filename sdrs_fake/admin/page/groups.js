// Protection groups: what is in them, and the actions on them.

import * as api from "./api.js";
import { h } from "./dom.js";
import {
	button,
	column,
	empty,
	limits,
	PAGE,
	pager,
	statusPill,
	stayInside,
	table,
	time,
	toast,
} from "./parts.js";
import { number, t } from "./words.js";

const KINDS = [
	["instances", "protected-instances", "protected_instances"],
	["pairs", "replications", "replications"],
	["drills", "disaster-recovery-drills", "disaster_recovery_drills"],
];
const opened = new Set();
const shown = new Map(); // by group: the kind and the page that it shows, and what is there
let isFirst = true;

const countsOf = (group) => ({
	instances: group.protected_instance_num,
	pairs: group.replication_num,
	drills: group.disaster_recovery_drill_num,
});

async function loadMembers(app, group) {
	const { id } = group;
	const counts = countsOf(group);
	const first = KINDS.map(([kind]) => kind).find((kind) => counts[kind]) ?? KINDS[0][0];
	const { kind = first, page = 1 } = shown.get(id) ?? {};
	const [, path, key] = KINDS.find(([each]) => each === kind);
	const given = { server_group_id: id, ...limits(page) };
	const answer = await app.read(`${path}${api.query(given)}`);
	shown.set(id, { kind, page, rows: answer[key], count: answer.count });
}

export default {
	id: "groups",
	depends: (changes) => changes.state,

	async load(app) {
		const [groups, counts] = await Promise.all([
			app.read(`server-groups${api.query(limits(app.page))}`),
			api.admin("GET", `failure-jobs/count${api.query({ project_id: app.project })}`),
		]);
		stayInside(app, groups.count);
		const ids = groups.server_groups.map((group) => group.id);
		if (isFirst && ids.length) opened.add(ids[0]);
		isFirst = isFirst && !ids.length;
		for (const id of opened) if (!ids.includes(id)) opened.delete(id);
		const open = groups.server_groups.filter((group) => opened.has(group.id));
		await Promise.all(open.map((group) => loadMembers(app, group)));
		return { groups, counts };
	},

	render(app, { groups, counts }) {
		const columns = [
			column("name", "w-rest", (group) =>
				[h("strong", { title: group.id }, group.name), sites(group)],
			),
			column("status", "w-status", (group) => statusPill(group.status)),
			column("instancesShort", "num w-num", (group) => number(group.protected_instance_num)),
			{
				name: t("pairsShort"),
				cls: "num w-num",
				extra: true,
				cell: (group) => number(group.replication_num),
			},
			{
				name: t("drillsShort"),
				cls: "num w-num",
				extra: true,
				cell: (group) => number(group.disaster_recovery_drill_num),
			},
			column("failedShort", "num w-num", (group) =>
				failedLink(app, group, counts.groups[group.id] ?? 0),
			),
			column("actions", "w-actions three", (group) => actions(app, group)),
		];
		const load = (id) =>
			loadMembers(
				app,
				groups.server_groups.find((group) => group.id === id),
			);
		const options = {
			key: (group) => group.id,
			isOpen: (id) => opened.has(id) && shown.has(id),
			toggle: app.toggler(opened, load),
			detail: (group) => members(app, group),
			label: t("groups"),
		};
		return h(
			"section",
			{ class: "card" },
			groups.count ? table(columns, groups.server_groups, options) : empty(t("noGroups")),
			pager(app.page, groups.count, (page) => app.go({ page })),
		);
	},
};

// The arrow goes from the site that the servers run in to the other.
function sites(group) {
	const ends = [group.source_availability_zone, group.target_availability_zone];
	const [from, to] = group.priority_station === "source" ? ends : ends.toReversed();
	return h("span", { class: "under cut", title: t("production") }, h("b", {}, from), " → ", to);
}

const failedLink = (app, group, count) =>
	count
		? h(
				"a",
				{ href: `#/tasks?${new URLSearchParams({ scope: group.id })}`, title: t("showTasks") },
				number(count),
			)
		: "0";

function actions(app, group) {
	const allowed = app.table.group_actions.filter((each) => each.allowed.includes(group.status));
	return h(
		"span",
		{ class: "buttons" },
		allowed.map((each) => {
			const word = t(each.running === "reprotecting" ? "reprotect" : each.action);
			return button(word, () => act(app, group, each.action, word), {
				kind: "small",
				"aria-label": `${word} ${group.name}`,
			});
		}),
	);
}

// A switchover makes the other site the production site.
const argument = (action, group) =>
	action === "reverse-server-group"
		? { priority_station: group.priority_station === "source" ? "target" : "source" }
		: {};

const act = (app, group, action, word) =>
	app.run(async () => {
		const path = `server-groups/${encodeURIComponent(group.id)}/action`;
		await app.act("POST", path, { [action]: argument(action, group) });
		toast(t("acted", word, group.name));
	});

function members(app, group) {
	const { kind, page, rows, count } = shown.get(group.id);
	const show = (next, to = 1) =>
		app.run(async () => {
			shown.set(group.id, { ...shown.get(group.id), kind: next, page: to });
			await loadMembers(app, group);
		});
	const counts = countsOf(group);
	const tabs = KINDS.map(([each]) =>
		h(
			"button",
			{
				type: "button",
				class: "tab",
				"aria-pressed": String(each === kind),
				onclick: () => show(each),
			},
			`${t(each)} (${number(counts[each])})`,
		),
	);
	return h(
		"div",
		{ class: "members" },
		h("div", { class: "tabs", role: "group", "aria-label": group.name }, tabs),
		rows.length
			? table(COLUMNS[kind](), rows, { key: (row) => row.id, label: t(kind) })
			: empty(t("none")),
		count > PAGE && pager(page, count, (to) => show(kind, to)),
	);
}

const nameColumn = () =>
	column("name", "w-rest", (row) => h("span", { title: row.id }, row.name));
const statusColumn = () => column("status", "w-status", (row) => statusPill(row.status));
const createdColumn = () => column("createdUtc", "w-time", (row) => time(row.created_at));
const idColumn = (name, key) =>
	column(name, "w-id", (row) => h("code", { class: "cut", title: row[key] }, row[key]));

const COLUMNS = {
	instances: () => [
		nameColumn(),
		statusColumn(),
		idColumn("server", "source_server"),
		idColumn("drServer", "target_server"),
		createdColumn(),
	],
	pairs: () => [
		nameColumn(),
		statusColumn(),
		column("size", "num w-num", (row) => `${row.record_metadata?.volume_size ?? "–"} GB`),
		createdColumn(),
	],
	drills: () => [nameColumn(), statusColumn(), createdColumn()],
};
