// The inspector: which view is shown, and keeping it up to date.

import * as api from "./api.js";
import clock from "./clock.js";
import { h, patchChildren } from "./dom.js";
import faults from "./faults.js";
import groups from "./groups.js";
import jobs from "./jobs.js";
import * as parts from "./parts.js";
import requests from "./requests.js";
import seed from "./seed.js";
import tasks from "./tasks.js";
import { language, number, switchLanguage, t } from "./words.js";

const VIEWS = [tasks, groups, jobs, requests, faults, clock, seed];
const EVERY = 1000;
const root = document.getElementById("app");

const app = {
	project: "",
	projects: [],
	params: new URLSearchParams(),
	changes: null,
	table: null, // the API table
	width: 900,
	get: (name) => app.params.get(name) ?? "",
	get page() {
		return Number(app.get("page") || 1);
	},
	go: (changes) => setParams(changes, true),
	replace: (changes) => setParams(changes, false),
	render,
	run,
	later: (promise) => promise.then(render, failed),
	toggler: (opened, load) => (id) =>
		run(async () => {
			if (opened.delete(id)) return;
			await load(id);
			opened.add(id);
		}),
	get projectPath() {
		return encodeURIComponent(app.project);
	},
	read: (path) => api.read(`${app.projectPath}/${path}`),
	act: (method, path, body) => api.act(method, `${app.projectPath}/${path}`, body),
};

let view = tasks;
let data; // what the view loaded
let loaded = ""; // what it depended on then
let isGone = false;
let turn = 0; // of the newest load

// Where

function readAddress() {
	const [id, query = ""] = location.hash.replace(/^#\//, "").split("?");
	const next = VIEWS.find((each) => each.id === id) ?? tasks;
	if (next !== view) data = undefined;
	view = next;
	app.params = new URLSearchParams(query);
}

function setParams(changes, isStep) {
	for (const [name, value] of Object.entries(changes)) {
		if (value === "" || (name === "page" && Number(value) === 1)) app.params.delete(name);
		else app.params.set(name, value);
	}
	const address = app.params.size ? `#/${view.id}?${app.params}` : `#/${view.id}`;
	if (isStep) location.hash = address;
	else {
		history.replaceState(null, "", address);
		refresh();
	}
}

// Up to date

// Load what the view shows, where what it depends on has changed.
async function refresh({ force = true } = {}) {
	const mine = ++turn;
	try {
		const changes = await api.admin("GET", "changes");
		if (app.changes && app.changes.fake !== changes.fake) return startAgain();
		app.changes = changes;
		isGone = false;
		const state = `${app.project} ${view.id} ${app.params} ${view.depends(app.changes)}`;
		if (force || data === undefined || state !== loaded) {
			await loadProjects();
			const shown = view;
			const fresh = await view.load(app);
			if (mine !== turn || shown !== view) return;
			[data, loaded] = [fresh, state];
		}
	} catch (error) {
		if (mine === turn) failed(error);
	}
	if (mine === turn) render();
}

// Another fake has the same address now: forget all of the one that was there.
function startAgain() {
	history.replaceState(null, "", `#/${view.id}`);
	location.reload();
}

async function loadProjects() {
	const [health, table] = await Promise.all([
		api.admin("GET", "health"),
		app.table ?? api.admin("GET", "operations"),
	]);
	app.table = table;
	parts.setRunning(table.running);
	app.projects = [...new Set([health.project_id, ...Object.keys(health.failure_jobs)])];
	if (!app.projects.includes(app.project)) app.project = health.project_id;
}

function failed(error) {
	isGone = error instanceof api.Gone;
	if (error instanceof api.WrongToken) askForToken(api.isTokenSet() ? t("tokenWrong") : "");
	else if (error instanceof api.Refused) parts.toast(words(error), "error");
	else if (!isGone) throw error;
}

const words = ({ status, code, message }) => {
	const shown = code && code !== String(status) ? `${status} ${code}` : String(status);
	return `${shown} ${message}`;
};

// Do something, say what went wrong, and show what it changed.
async function run(action) {
	try {
		await action();
	} catch (error) {
		failed(error);
		if (isGone) parts.toast(t("noAnswer"), "error");
	}
	await refresh();
}

async function follow() {
	// No request while nobody looks, and no second one before the first is answered.
	if (!document.hidden) await (api.hasToken() ? refresh({ force: false }) : askForToken());
	setTimeout(follow, isGone ? 3 * EVERY : EVERY);
}

async function askForToken(message = "") {
	api.setToken(null);
	if (document.getElementById("dialog").open) return;
	const fields = [{ label: t("tokenTitle"), type: "password", required: true, name: "token" }];
	const answer = await parts.dialog(t("tokenTitle"), message || t("tokenText"), t("open"), fields);
	if (answer) {
		api.setToken(answer[0]);
		await refresh();
	} else askForToken();
}

// What is seen

function render() {
	app.width = chartWidth();
	document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
	document.title = `${t(view.id)} · sdrs-fake`;
	patchChildren(
		root,
		h("div", {}, skip(), header(), h("div", { class: "body" }, navigation(), content())),
	);
}

const chartWidth = () => {
	const frame =
		document.querySelector(".picture svg")?.parentElement ?? document.querySelector("main");
	return Math.max(260, Math.round(frame?.clientWidth ?? innerWidth - 60));
};

function skip() {
	const jump = (event) => {
		event.preventDefault();
		document.querySelector("main").focus();
	};
	return h("a", { class: "skip", href: "#main", onclick: jump }, t("skip"));
}

function header() {
	const choose = (project) => {
		app.project = project;
		refresh();
	};
	const change = () => {
		switchLanguage();
		render();
	};
	const projects = app.projects.map((id) => [id, id]);
	return h(
		"header",
		{ class: "top" },
		h(
			"a",
			{ class: "brand", href: "#/tasks" },
			h("img", { src: "inspector/icon.svg", alt: "", width: 26, height: 26 }),
			"sdrs-fake",
		),
		h(
			"label",
			{ class: "project" },
			h("span", {}, t("project")),
			projects.length > 1
				? parts.choice(app.project, projects, choose, { name: "project" })
				: h("code", {}, app.project),
		),
		h("span", { class: "spring" }),
		h(
			"a",
			{ class: "now", href: "#/clock", title: t("clock") },
			app.changes ? `${parts.time(app.changes.now)} UTC` : "",
		),
		h(
			"span",
			{ class: `state ${isGone ? "gone" : "live"}`, role: "status" },
			h("i"),
			h("span", {}, t(isGone ? "gone" : "live")),
		),
		h(
			"button",
			{ type: "button", class: "button small", onclick: change, "aria-label": t("switchLanguage") },
			t("language"),
		),
	);
}

function navigation() {
	const counts = app.changes && {
		jobs: app.changes.running_jobs[app.project] ?? 0,
		requests: app.changes.requests,
		faults: app.changes.armed_faults,
	};
	const links = VIEWS.map(({ id }) =>
		h(
			"a",
			{ href: `#/${id}`, "aria-current": id === view.id ? "page" : undefined },
			h("span", {}, t(id)),
			counts?.[id] !== undefined && h("b", { class: counts[id] ? "some" : "" }, number(counts[id])),
		),
	);
	return h("nav", { class: "views", "aria-label": t("views") }, links);
}

function content() {
	const lead = `${view.id}Lead`;
	return h(
		"main",
		{ id: "main", tabindex: "-1" },
		isGone && h("p", { class: "banner", role: "alert" }, t("goneLong")),
		h("div", { class: "title" }, h("h1", {}, t(view.id)), h("p", {}, t(lead))),
		h("div", { class: "view", "data-key": view.id }, data !== undefined && view.render(app, data)),
	);
}

addEventListener("hashchange", () => {
	readAddress();
	render();
	refresh();
});
addEventListener("resize", render);
document.addEventListener(
	"visibilitychange",
	() => !document.hidden && api.hasToken() && refresh({ force: false }),
);

readAddress();
render();
follow();
