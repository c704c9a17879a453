// Requests to the fake: its control routes, and the routes of the service.

const HEADER = "X-Fake-Admin-Token";
const STORED = "sdrs-fake.admin-token";
let needsToken = document.documentElement.dataset.token === "yes";
let adminToken = needsToken ? sessionStorage.getItem(STORED) : null;
let serviceToken = "";

export class Refused extends Error {
	constructor(status, code, message) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

export class WrongToken extends Refused {} // the admin token is missing or wrong

export class Gone extends Error {} // no answer came

export const hasToken = () => !needsToken || isTokenSet();

export const isTokenSet = () => adminToken !== null;

export function setToken(value) {
	needsToken = true; // also where the fake began to need one while the page was open
	adminToken = value;
	if (value === null) sessionStorage.removeItem(STORED);
	else sessionStorage.setItem(STORED, value);
}

async function ask(method, path, headers, body) {
	const options = { method, headers, cache: "no-store" };
	if (body !== undefined) {
		options.body = JSON.stringify(body);
		headers["Content-Type"] = "application/json";
	}
	let response, text;
	try {
		response = await fetch(path, options);
		text = await response.text();
	} catch {
		throw new Gone();
	}
	let content = null;
	try {
		content = text ? JSON.parse(text) : null;
	} catch {
		throw new Refused(response.status, "", text.slice(0, 200)); // a fault damaged it
	}
	if (response.ok) return content;
	const error = content?.error_code
		? { code: content.error_code, message: content.error_msg }
		: (Object.values(content ?? {})[0] ?? {});
	const message = error.message ?? response.statusText;
	const isToken = response.status === 403 && message.startsWith(HEADER);
	throw new (isToken ? WrongToken : Refused)(response.status, error.code ?? "", message);
}

const adminHeaders = () => (isTokenSet() ? { [HEADER]: adminToken } : {});

export const query = (parameters) => {
	const given = Object.entries(parameters).filter(([, value]) => value !== "" && value != null);
	return given.length ? `?${new URLSearchParams(given)}` : "";
};

export const admin = (method, path, body) => ask(method, path, adminHeaders(), body);

// What the page reads is no request in the journal, and meets no fault.
export const read = (path) => serve("GET", path, { ...adminHeaders(), "X-Fake-Inspector": "1" });

// What the page does is a request like that of any client.
export const act = (method, path, body) => serve(method, path, {}, body);

// Another fake may have taken the place of the one that gave the token: ask once for its own.
async function serve(method, path, headers, body) {
	const send = () =>
		ask(method, `../v1/${path}`, { ...headers, "X-Auth-Token": serviceToken }, body);
	const first = serviceToken || (await loadToken());
	try {
		return await send();
	} catch (error) {
		if (error.status !== 401 || (await loadToken()) === first) throw error; // by a fault
		return send();
	}
}

async function loadToken() {
	serviceToken = (await admin("GET", "token")).token;
	return serviceToken;
}
