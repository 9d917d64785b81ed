// Evaluates n8n expressions with n8n's own engine: [{ text, data }] from standard input, [{ value } | { error }] out.
const { Tournament } = require(require.resolve('@n8n/tournament', { paths: [process.argv[2]] }));

const engine = new Tournament(
	(error) => {
		throw error;
	},
	undefined,
	undefined,
	{ before: [], after: [] },
);

const evaluated = ({ text, data }) => {
	try {
		return { value: engine.execute(text, { $json: data, $: () => ({ item: { json: data } }), JSON }) };
	} catch (error) {
		return { error: String(error) };
	}
};

let input = '';
process.stdin.on('data', (chunk) => (input += chunk));
process.stdin.on('end', () => process.stdout.write(JSON.stringify(JSON.parse(input).map(evaluated))));
