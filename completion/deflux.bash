# Completion of deflux for bash. tests/e2e_options.py holds it against `deflux VERB --help`.

_deflux_offer()
{
	mapfile -t COMPREPLY < <(compgen "$@")
}

_deflux()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}
	local verbs='scan explain networks records judge lab help version'
	local input='--filter --since --until --port --memory --max-gap --window'
	local pass='--vantage --resolver --threads --seed --mask --psl --no-memo'
	local judge='--prior --parameters --mmdb --asn-table --no-nets --known --no-color'
	local common='--format --output --quiet --verbose --help'
	local options=

	COMPREPLY=()
	[[ $verb != lab || ${COMP_WORDS[2]} != serve ]] || ((COMP_CWORD == 2)) || verb='lab serve'
	if ((COMP_CWORD == 1)); then
		_deflux_offer -W "$verbs --help --version" -- "$word"
		return
	fi
	case $before in
	--format)
		case $verb in
		scan) options='table jsonl csv features' ;;
		explain) options='text html' ;;
		networks) options='table jsonl dot graphml html' ;;
		records) options='cof' ;;
		judge) options='table json' ;;
		lab) options='pcap dnstap cof' ;;
		esac
		_deflux_offer -W "$options" -- "$word"
		return
		;;
	--method)
		_deflux_offer -W 'deflux holz2008 zeek fluxbuster stalmans' -- "$word"
		return
		;;
	--mask)
		_deflux_offer -W 'zeek eve cof' -- "$word"
		return
		;;
	--side)
		_deflux_offer -W 'clients upstream both' -- "$word"
		return
		;;
	--world)
		_deflux_offer -W 'demo wide honest' -- "$word"
		return
		;;
	--state)
		_deflux_offer -d -- "$word"
		return
		;;
	--parameters)
		[[ $verb == judge ]] || _deflux_offer -f -- "$word"
		return
		;;
	-o | --output | --truth | --networks | --dnstap | --mmdb | --asn-table | --psl | --known)
		_deflux_offer -f -- "$word"
		return
		;;
	--write-config)
		_deflux_offer -d -- "$word"
		return
		;;
	--listen)
		_deflux_offer -W '127.0.0.1:5300' -- "$word"
		return
		;;
	--filter | --since | --until | --domain | --vantage | --resolver | --port | --top | --threads | --memory | --seed | \
		--max-gap | --window | --prior | --hours | --scale | --rate | --speed | --duration)
		return
		;;
	esac
	if [[ $verb == help ]]; then
		_deflux_offer -W "$verbs" -- "$word"
		return
	fi
	if [[ $verb == lab && $word != -* ]] && ((COMP_CWORD == 2)); then
		_deflux_offer -W serve -- "$word"
		return
	fi
	if [[ $word != -* ]]; then
		[[ $verb == lab* || $verb == judge ]] || _deflux_offer -f -- "$word"
		return
	fi
	case $verb in
	scan) options="$input $pass $judge $common --domain --method --top --all --state" ;;
	explain) options="$input $pass $judge $common --domain" ;;
	networks) options="$input $pass $judge $common --top" ;;
	records) options="$input $common --domain" ;;
	judge) options='--parameters --format --output --help' ;;
	lab)
		options='--output --truth --networks --format --side --no-queries --hours --world --only --scale --rate --seed --vantage
			--made-up --priors --help'
		;;
	'lab serve')
		options='--listen --speed --divide-ttl --hours --duration --truth --dnstap --write-config --world --only --scale --rate
			--seed --vantage --made-up --help'
		;;
	esac
	_deflux_offer -W "$options" -- "$word"
}

complete -o filenames -F _deflux deflux
