// The task center: the picture, the list in one scope, and deletions.

import * as api from "./api.js";
import { h } from "./dom.js";
import {
	button,
	choice,
	column,
	dialog,
	empty,
	facts,
	field,
	limits,
	pager,
	statusPill,
	stayInside,
	table,
	time,
	toast,
	typePill,
} from "./parts.js";
import { picture } from "./picture.js";
import { failureWord, number, t, typeWord } from "./words.js";

const EVERYTHING = "everything";
const LEVEL = "level";
const details = new Map();
const opened = new Set();

const scopeOf = (app) => app.get("scope") || EVERYTHING;

function filters(app) {
	return {
		resource_type: app.get("type"),
		failure_status: app.get("status"),
		resource_name: app.get("name"),
		server_group_id: [EVERYTHING, LEVEL].includes(scopeOf(app)) ? "" : scopeOf(app),
	};
}

async function list(app) {
	const page = limits(app.page);
	const day = app.get("day");
	if (scopeOf(app) === EVERYTHING || day) {
		const given = { project_id: app.project, ...filters(app), day, ...page };
		return api.admin("GET", `failure-jobs${api.query(given)}`);
	}
	return app.read(`task-center/failure-jobs${api.query({ ...filters(app), ...page })}`);
}

let names = new Map(); // of the groups

async function loadNames(app) {
	const { server_groups } = await app.read("server-groups?limit=1000");
	names = new Map(server_groups.map((group) => [group.id, group.name]));
}

async function showDetail(app, id) {
	const given = api.query({ project_id: app.project });
	details.set(id, await api.admin("GET", `failure-jobs/${encodeURIComponent(id)}${given}`));
}

export default {
	id: "tasks",
	depends: (changes) => changes.state,

	async load(app) {
		const [counts, page] = await Promise.all([
			api.admin("GET", `failure-jobs/count${api.query({ project_id: app.project })}`),
			list(app),
		]);
		app.later(loadNames(app)); // the fake may have to make the groups' resources for it
		stayInside(app, page.count);
		const shown = new Set(page.failure_jobs.map((job) => job.job_id));
		for (const id of opened) if (!shown.has(id)) opened.delete(id);
		await Promise.all([...opened].map((id) => showDetail(app, id)));
		return { counts, page };
	},

	render(app, { counts, page }) {
		const chosen = { day: app.get("day"), type: app.get("type") };
		const choose = (day, type) => {
			const isSame = chosen.day === day && chosen.type === type;
			const scope = EVERYTHING;
			app.go(
				isSame
					? { day: "", type: "", page: "" }
					: { day, type, scope, status: "", name: "", page: "" },
			);
		};
		const shape = { days: counts.days, types: app.table.resource_types, chosen, choose };
		return [
			h(
				"section",
				{ class: "card" },
				h("header", {}, h("h2", {}, t("picture")), h("p", {}, t("pictureLead"))),
				picture({ ...shape, width: app.width }),
			),
			h("section", { class: "card" }, toolbar(app, counts), scopeNote(app), rows(app, page)),
		];
	},
};

function toolbar(app, counts) {
	const groups = [...names].map(([id, name]) => [id, labelled(name, counts.groups[id])]);
	const gone = Object.keys(counts.groups).filter((id) => !names.has(id));
	const deleted = gone.map((id) => [id, labelled(t("deletedGroup", id), counts.groups[id])]);
	const scopes = [[EVERYTHING, t("everything")], [LEVEL, t("groupLevel")], ...groups, ...deleted];
	const types = app.table.resource_types.map((type) => [type, typeWord(type)]);
	const failures = app.table.failure_statuses.map((each) => [
		each,
		`${failureWord(each)} (${each})`,
	]);
	const set = (name) => (value) => app.go({ [name]: value, page: "" });
	const day = app.get("day");
	return h(
		"div",
		{ class: "toolbar" },
		field(
			t("scope"),
			choice(scopeOf(app), scopes, (scope) => app.go({ scope, day: "", page: "" })),
		),
		field(t("type"), choice(app.get("type"), [["", t("all")], ...types], set("type"))),
		field(t("failure"), choice(app.get("status"), [["", t("all")], ...failures], set("status"))),
		field(
			t("name"),
			h("input", {
				type: "search",
				value: app.get("name"),
				placeholder: t("anyName"),
				onchange: (event) => set("name")(event.target.value),
			}),
		),
		day &&
			button(`${day} ×`, () => app.go({ day: "", type: "", page: "" }), {
				kind: "chip",
				"aria-label": t("clearFilters"),
			}),
		h("span", { class: "spring" }),
		button(t("deleteAll"), () => deleteAll(app, counts), {
			kind: "danger",
			disabled: !counts.count,
		}),
	);
}

const labelled = (name, count) => (count ? `${name} (${number(count)})` : name);

function scopeNote(app) {
	const scope = scopeOf(app);
	const key =
		{ [EVERYTHING]: "scopeEverything", [LEVEL]: "scopeGroupLevel" }[scope] ?? "scopeGroup";
	return h("p", { class: "hint" }, t(key));
}

function rows(app, page) {
	const columns = [
		column("beganUtc", "w-time", (job) => time(job.begin_time)),
		column("resource", "w-name", (job) =>
			h("strong", { title: job.resource_id }, job.resource_name),
		),
		column("type", "w-type", (job) => typePill(job.resource_type)),
		column("failure", "w-word", (job) =>
			h("span", { title: job.failure_status }, failureWord(job.failure_status)),
		),
		column("code", "w-code", (job) => h("code", {}, job.error_code)),
		{
			name: t("reason"),
			cls: "w-rest",
			extra: true,
			cell: (job) => h("span", { class: "cut", title: job.fail_reason }, job.fail_reason),
		},
		column("actions", "w-act", (job) =>
			button(t("delete"), () => deleteOne(app, job), {
				kind: "small danger",
				"aria-label": `${t("delete")} ${job.resource_name}`,
			}),
		),
	];
	const options = {
		key: (job) => job.job_id,
		isOpen: (id) => opened.has(id) && details.has(id),
		toggle: app.toggler(opened, (id) => showDetail(app, id)),
		detail: (job) => detail(job, details.get(job.job_id)),
		label: t("tasks"),
	};
	return [
		page.count ? table(columns, page.failure_jobs, options) : empty(t("noTasks")),
		pager(app.page, page.count, (to) => app.go({ page: to })),
	];
}

const part = (title, ...rest) => h("div", {}, h("h3", {}, t(title)), rest);

function detail(task, { failure_job, job, resource }) {
	const group = failure_job.server_group_id;
	return h(
		"div",
		{ class: "columns" },
		part(
			"reason",
			h("p", {}, task.fail_reason),
			facts([
				[t("code"), task.error_code],
				[t("failure"), task.failure_status],
				[t("group"), group && (names.get(group) ?? t("deletedGroup", group))],
			]),
		),
		part(
			"job",
			facts([
				["job_id", h("code", {}, job.job_id)],
				["job_type", job.job_type],
				[t("status"), statusPill(job.status)],
				[t("began"), time(job.begin_time)],
				[t("ended"), time(job.end_time)],
			]),
		),
		part(
			"resource",
			resource
				? facts([
						["id", h("code", {}, resource.id)],
						[t("name"), resource.name],
						[t("status"), statusPill(resource.status)],
						[t("created"), time(resource.created_at)],
					])
				: [h("p", {}, t("resourceGone")), facts([["id", h("code", {}, task.resource_id)]])],
		),
	);
}

const deleteOne = (app, job) =>
	app.run(async () => {
		await app.act("DELETE", `task-center/failure-jobs/${encodeURIComponent(job.job_id)}`);
		toast(t("deletedTask", job.resource_name));
	});

async function deleteAll(app, counts) {
	const scope = scopeOf(app);
	const level = "task-center/failure-jobs/batch";
	const ofGroup = (id) => `task-center/${encodeURIComponent(id)}/failure-jobs/batch`;
	const [text, paths] = {
		[EVERYTHING]: [t("deleteAllEverything"), [level, ...Object.keys(counts.groups).map(ofGroup)]],
		[LEVEL]: [t("deleteAllGroupLevel"), [level]],
	}[scope] ?? [t("deleteAllGroup", names.get(scope) ?? scope), [ofGroup(scope)]];
	if (!(await dialog(t("deleteAllTitle"), text, t("deleteAll"), [], "danger"))) return;
	await app.run(async () => {
		for (const path of paths) await app.act("DELETE", path);
		toast(t("done"));
	});
}
