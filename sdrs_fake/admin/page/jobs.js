// Jobs that run: what they wait for, and how to end them.

import * as api from "./api.js";
import { h } from "./dom.js";
import {
	button,
	column,
	dialog,
	empty,
	limits,
	pager,
	statusPill,
	stayInside,
	table,
	time,
	toast,
} from "./parts.js";
import { number, t } from "./words.js";

export default {
	id: "jobs",
	depends: (changes) => changes.state,

	async load(app) {
		const found = await api.admin("GET", `jobs${api.query({ project_id: app.project })}`);
		stayInside(app, found.jobs.length);
		return found;
	},

	render(app, { held, jobs }) {
		const control = (body, message) => () =>
			app.run(async () => {
				await api.admin("POST", "jobs", body);
				if (message) toast(message);
			});
		const { offset, limit } = limits(app.page);
		const page = jobs.toReversed().slice(offset, offset + limit);
		const all = { finish: true, project_id: app.project };
		return h(
			"section",
			{ class: "card" },
			h(
				"div",
				{ class: "toolbar" },
				held
					? button(t("release"), control({ release: true }), { kind: "primary" })
					: button(t("hold"), control({ hold: true })),
				button(t("finishAll"), control(all, t("finished")), { disabled: !jobs.length }),
				held && h("span", { class: "pill running" }, h("i"), t("held")),
			),
			h("p", { class: "hint" }, t("jobsHint")),
			jobs.length
				? table(columns(app, control), page, { key: (job) => job.job_id, label: t("jobs") })
				: empty(t("noJobs")),
			pager(app.page, jobs.length, (to) => app.go({ page: to })),
		);
	},
};

const columns = (app, control) => [
	{ ...column("beganUtc", "w-time", (job) => time(job.begin_time)), extra: true },
	column("job", "w-job", (job) => [
		h("strong", {}, job.job_type),
		h("code", { class: "under cut", title: job.job_id }, job.job_id),
	]),
	column("resource", "w-name", (job) => job.plan?.resource_name || "–"),
	column("waits", "w-rest", (job) => waits(app, job)),
	column("outcome", "w-word", outcome),
	column("actions", "w-actions", (job) =>
		h(
			"span",
			{ class: "buttons" },
			button(t("finish"), control({ finish: job.job_id }, t("finished")), { kind: "small" }),
			job.plan && button(t("fail"), () => fail(app, job), { kind: "small danger" }),
		),
	),
];

function waits(app, { plan }) {
	if (!plan) return t("waitsFinish");
	const reasons = [];
	if (plan.held) reasons.push(t("waitsHeld"));
	const left = Math.ceil((new Date(plan.end_time) - new Date(app.changes.now)) / 1000);
	if (left > 0) reasons.push(t("waitsTime", time(plan.end_time).slice(11), number(left)));
	if (plan.polls) reasons.push(t(plan.polls > 1 ? "waitsPolls" : "waitsPoll", number(plan.polls)));
	return reasons.join(t("comma")) || t("waitsNothing");
}

function outcome({ plan }) {
	if (!plan?.error_code) return statusPill("SUCCESS");
	return h("span", { class: "pill error", title: plan.fail_reason }, h("i"), plan.error_code);
}

async function fail(app, job) {
	const fields = [
		{ label: t("code"), name: "code", placeholder: "EVS.2024" },
		{ label: t("reason"), name: "reason" },
	];
	const answer = await dialog(t("failTitle"), t("failText"), t("fail"), fields, "danger");
	if (!answer) return;
	const [code, reason] = answer;
	await app.run(async () => {
		const failure = { ...(code && { code }), ...(reason && { reason }) };
		await api.admin("POST", "jobs", { fail: job.job_id, ...failure });
		toast(t("failedJob"));
	});
}
