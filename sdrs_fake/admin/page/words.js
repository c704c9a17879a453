// The words of the page in English and Chinese, and how numbers look.

const STORED = "sdrs-fake.language";

// Each word in English and Chinese.
const table = await (await fetch(new URL("words.json", import.meta.url))).json();

const browser = (navigator.languages?.[0] ?? navigator.language ?? "").toLowerCase();
export let language = localStorage.getItem(STORED) ?? (browser.startsWith("zh") ? "zh" : "en");

export function switchLanguage() {
	language = language === "en" ? "zh" : "en";
	localStorage.setItem(STORED, language);
}

const pick = (pair) => pair[language === "zh" ? 1 : 0];

export const t = (key, ...values) =>
	pick(table.words[key]).replace(/\{(\d)\}/g, (_, place) => String(values[place]));

export const typeWord = (type) => (table.types[type] ? pick(table.types[type]) : type);

export const failureWord = (status) =>
	table.failures[status] ? pick(table.failures[status]) : status;

export const statusWord = (status) =>
	language === "zh" && table.statuses[status] ? table.statuses[status] : status;

export const scenarioWords = ({ name, title, description }) =>
	language === "zh" && table.scenarios[name] ? table.scenarios[name] : [title, description];

export const number = (value) => value.toLocaleString(language === "zh" ? "zh-CN" : "en-US");
