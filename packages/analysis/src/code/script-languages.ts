import type { Lexis } from './tokens.ts'

/**
 * What a call means: `run` hands text to a shell or starts a program, `code` runs text of the same language, `open`
 * reads or writes as its mode says.
 */
export type CallKind =
  | 'run'
  | 'start'
  | 'replace'
  | 'code'
  | 'read'
  | 'write'
  | 'open'
  | 'delete'
  | 'connect'
  | 'fetch'
  | 'listen'
  | 'mode'
  | 'account'
  | 'load'
  | 'print'
  | 'named'

export interface ScriptLanguage {
  readonly lexis: Lexis
  readonly calls: readonly (readonly [RegExp, CallKind])[]
  /** Calls that do nothing outside the program. */
  readonly harmless: RegExp
  /** Words of the language that look like calls. */
  readonly keywords: RegExp
  /** Whether a call may stand without parentheses. */
  readonly bareCalls: boolean
}

const plain: Lexis = {
  comments: ['#'],
  interpolates: undefined,
  interpolatingQuotes: '',
  backticks: 'none',
  quoteWords: false,
  tripleQuotes: false,
}

const python: ScriptLanguage = {
  lexis: { ...plain, tripleQuotes: true },
  bareCalls: false,
  calls: [
    [/(^|\.)(system|popen[234]?|getoutput|getstatusoutput|check_output|check_call)$/i, 'run'],
    [/(^|\.)(Popen|create_subprocess_(exec|shell)|pty\.spawn|startfile)$/, 'run'],
    [/^(subprocess|sp|s|sub)\.(run|call)$/, 'run'],
    [/(^|\.)spawn$/, 'run'],
    [/(^|\.)(exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)$/, 'replace'],
    [/^(exec|eval|compile|execfile)$/, 'code'],
    [/(^|\.)(__import__|import_module|getattr)$/, 'named'],
    [/^(open|io\.open|codecs\.open)$/, 'open'],
    [/(^|\.)(read_text|read_bytes)$/, 'read'],
    [
      /(^|\.)(write_text|write_bytes|copyfile|copy2?|move|rename|replace_file|symlink|link|mkdir|makedirs|truncate)$/,
      'write',
    ],
    [/(^|\.)(rmtree|unlink|os\.remove|rmdir|removedirs)$/, 'delete'],
    [/(^|\.)(connect|create_connection|connect_ex)$/, 'connect'],
    [
      /(^|\.)(urlopen|urlretrieve|requests\.(get|post|put|request)|HTTPS?Connection|urllib\.request\.Request)$/,
      'fetch',
    ],
    [/(^|\.)(bind|listen|serve_forever|TCPServer|HTTPServer)$/, 'listen'],
    [/(^|\.)(chmod|chown|lchown|setxattr)$/, 'mode'],
    [/(^|\.)(setuid|setgid|setreuid|setresuid|seteuid)$/, 'account'],
    [/(^|\.)(CDLL|LoadLibrary|dlopen)$/, 'load'],
    [/^(print|sys\.stdout\.write|sys\.stdout\.buffer\.write)$/, 'print'],
  ],
  harmless:
    /^(json|sys|re|math|datetime|time|ssl|platform|string|collections|itertools|random|csv|base64|hashlib|struct|textwrap|urllib\.parse|ipaddress|uuid|locale|site|sysconfig|statistics|decimal|fractions|operator|functools|calendar|secrets|unicodedata|binascii|html|email|xml|yaml|toml|tomllib|pprint|os\.path|os\.environ|glob|fnmatch|pathlib|Path|dis|timeit|zoneinfo|difflib|heapq|bisect|copy|types|enum|sqlite3\.version|crypt|getpass|pwd|grp|multiprocessing\.cpu_count|importlib\.metadata|pkg_resources|numpy|np|pandas|pd)(\.|$)|(^|\.)(len|str|int|float|bool|list|dict|set|tuple|sorted|range|enumerate|zip|map|filter|sum|min|max|abs|any|all|chr|ord|hex|bin|oct|format|repr|reversed|round|divmod|pow|iter|next|input|type|isinstance|hasattr|id|hash|bytes|bytearray|join|split|rsplit|strip|rstrip|lstrip|replace|upper|lower|title|startswith|endswith|encode|decode|read|readline|readlines|write|writelines|close|flush|append|extend|insert|items|keys|values|get|pop|sort|index|count|find|splitlines|update|add|group|groups|isdigit|isalpha|zfill|ljust|rjust|center|exists|isfile|isdir|getcwd|getenv|getpid|getuid|uname|cpu_count|disk_usage|gethostname|getfqdn|gethostbyname|socket|socket\.socket|settimeout|setsockopt|fileno|recv|send|sendall|accept|dup2|fork|exit|time|sleep|walk|listdir|scandir|stat|getsize|getloadavg|which|Socket|now|today|strftime|isoformat|hexdigest|digest|most_common|Counter|loads|load|dumps|dump|total_seconds|timestamp|lambda|decompress|translate|maketrans|expanduser|abspath|basename|dirname|python_version)$/,
  keywords:
    /^(if|elif|while|for|in|not|and|or|return|lambda|def|class|with|as|import|from|except|assert|yield|print|else|try|is|del|raise|await|async)$/,
}

const perl: ScriptLanguage = {
  lexis: {
    comments: ['#'],
    interpolates: /\$(?!_not_known_)(?:\w+|\{\w+\})(?:->)?(?:\[[^\]]*\]|\{[^}]*\})?|@\w+/g,
    interpolatingQuotes: '"`',
    backticks: 'command',
    quoteWords: true,
    tripleQuotes: false,
  },
  bareCalls: true,
  calls: [
    [/^(CORE::)?system$/, 'run'],
    [/^(CORE::)?exec$/, 'run'],
    [/^(eval|do)$/, 'code'],
    [/^(require)$/, 'load'],
    [/^(open|sysopen|IO::File->new)$/, 'open'],
    [/^(unlink|rmdir|rmtree|remove_tree)$/, 'delete'],
    [/^(rename|symlink|link|mkdir|copy|move|truncate)$/, 'write'],
    [/^connect$|IO::Socket(::INET6?|::SSL)?(->new|::new)?$|^new$/, 'connect'],
    [/(^|::)(LWP::Simple::get|getstore|getprint|mirror)$|HTTP::Tiny/, 'fetch'],
    [/^(bind|listen)$/, 'listen'],
    [/^(chmod|chown)$/, 'mode'],
    [/(^|::)(setuid|setgid)$/, 'account'],
    [/^(print|printf|say)$/, 'print'],
  ],
  harmless:
    /(^|->|::)(chomp|chop|chr|ord|lc|uc|lcfirst|ucfirst|length|substr|index|rindex|sprintf|join|split|reverse|sort|map|grep|keys|values|each|delete|exists|defined|push|pop|shift|unshift|splice|scalar|ref|abs|int|sqrt|sin|cos|log|hex|oct|rand|srand|time|localtime|gmtime|sleep|die|warn|exit|close|eof|binmode|seek|read|sysread|getc|pack|unpack|tr|wantarray|local|pos|quotemeta|stat|lstat|glob|opendir|readdir|closedir|getcwd|cwd|basename|dirname|Dumper|sum|max|min|uniq|first|strftime|mktime|getprotobyname|sockaddr_in|inet_aton|socket|select|fork|wait|waitpid|fdopen|while|foreach|until|encode_base64|print|decode_json|encode_json|pretty|utf8|getpwuid|getpwnam|getppid|printf|autoflush|undef|lock|study|vec|sprintf|caller|bless|return|getline|STDIN->getline)$/,
  keywords:
    /^(if|elsif|unless|while|until|for|foreach|and|or|not|my|our|local|use|no|return|sub|last|next|redo|package|else|BEGIN|END|x|eq|ne|lt|gt|le|ge|cmp|qw|q|qq|s|tr|y|m|ARGV|STDIN|STDOUT|STDERR)$/,
}

const ruby: ScriptLanguage = {
  lexis: { ...perl.lexis, interpolates: /#\{[^}]*\}/g },
  bareCalls: true,
  calls: [
    [/(^|\.)(system|spawn|exec|popen[23]?e?|capture[23]e?)$/, 'run'],
    [/^(eval|instance_eval|class_eval|load)$|\.(instance_eval|class_eval)$/, 'code'],
    [/(^|\.)(send|public_send|const_get)$/, 'named'],
    [/^(require|require_relative)$/, 'print'],
    [/^(open|File\.(open|new)|IO\.(open|sysopen))$/, 'open'],
    [/^(File|IO|Pathname)\.(read|readlines|binread|foreach)$/, 'read'],
    [
      /^(File|IO)\.(write|binwrite|rename|symlink|link)$|^FileUtils\.(cp|mv|install|ln_s|mkdir_p|touch|copy)$/,
      'write',
    ],
    [/^(File|Dir)\.(delete|unlink|rmdir)$|^FileUtils\.(rm\w*|remove\w*)$/, 'delete'],
    [/^(TCPSocket|UDPSocket|Socket|UNIXSocket)\.(new|open|tcp)$/, 'connect'],
    [/^(URI\.open|Net::HTTP\.\w+|open-uri)$/, 'fetch'],
    [/^(TCPServer\.(new|open)|WEBrick::HTTPServer\.new|Socket\.tcp_server_loop)$/, 'listen'],
    [/^(File|FileUtils)\.(chmod\w*|chown\w*)$/, 'mode'],
    [/(^|[.:])(setuid|setgid|change_privilege|uid|euid)$/, 'account'],
    [/^(puts|print|p|pp|printf|\$stdout\.(puts|write|print))$/, 'print'],
  ],
  harmless:
    /^(JSON|Math|Time|Date|DateTime|Integer|Float|String|Array|Hash|Set|SecureRandom|Digest|Base64|ERB|CSV|YAML|URI|RUBY_VERSION|Random|Comparable|Struct|Rational|BigDecimal|OptionParser|StringIO)(\.|::|$)|^\$(stdin|stdout|stderr)(\.|$)|(^|\.)(each\w*|map|flat_map|select|filter|reject|reduce|inject|sum|min|max|min_by|max_by|sort|sort_by|uniq|join|split|gsub!?|sub!?|tr|strip|lstrip|rstrip|chomp|chop|upcase|downcase|capitalize|reverse|length|size|count|first|last|push|pop|shift|unshift|keys|values|merge|to_[a-z]+|include\?|start_with\?|end_with\?|match\??|scan|format|sprintf|rjust|ljust|center|gets|readlines?|read|each_line|write|close|puts|print|rand|sleep|exit|round|floor|ceil|abs|times|upto|downto|zip|group_by|tally|compact|flatten|slice|index|find|any\?|all\?|none\?|nil\?|empty\?|is_a\?|freeze|dup|parse|generate|pretty_generate|dump|now|strftime|hexdigest|encode64|unpack1?|pack|bytes|chars|lines|hex|oct|ord|chr|succ|lambda|proc|loop|raise|attr_accessor|exist\?|file\?|directory\?|basename|dirname|join|pwd|entries|glob|hostname|popen_close|fetch|dig|key\?|has_key\?|delete_if|step|cycle|tap|then|product|combination|permutation|transpose|ljust)$/,
  keywords: perl.keywords,
}

const php: ScriptLanguage = {
  lexis: {
    comments: ['#', '//'],
    interpolates: /\{?\$\w+(?:\[[^\]]*\])?\}?/g,
    interpolatingQuotes: '"`',
    backticks: 'command',
    quoteWords: false,
    tripleQuotes: false,
  },
  bareCalls: true,
  calls: [
    [/^@?(system|exec|shell_exec|passthru|popen|proc_open)$/, 'run'],
    [/^pcntl_exec$/, 'replace'],
    [/^(eval|assert|create_function|preg_replace_callback_array)$/, 'code'],
    [/^(call_user_func|call_user_func_array|array_map)$/, 'named'],
    [/^(include|include_once|require|require_once)$/, 'load'],
    [/^fopen$/, 'open'],
    [/^(readfile|file_get_contents|file|show_source|highlight_file|fpassthru|parse_ini_file)$/, 'read'],
    [/^(file_put_contents|copy|rename|move_uploaded_file|symlink|link|touch)$/, 'write'],
    [/^(unlink|rmdir)$/, 'delete'],
    [/^(fsockopen|pfsockopen|stream_socket_client|socket_connect)$/, 'connect'],
    [/^(curl_exec|curl_init)$/, 'fetch'],
    [/^(socket_bind|socket_listen|stream_socket_server)$/, 'listen'],
    [/^(chmod|chown)$/, 'mode'],
    [/^(posix_setuid|posix_setgid)$/, 'account'],
    [/^(echo|print|printf|print_r|var_dump|var_export)$/, 'print'],
  ],
  harmless:
    /^(phpinfo|phpversion|php_uname|php_sapi_name|json_\w+|str\w+|array\w*|is_\w+|in_array|count|sizeof|implode|explode|join|trim|substr|date|time|microtime|mktime|sprintf|number_format|round|floor|ceil|min|max|rand|mt_rand|random_\w+|md5|sha1|hash|base64_\w+|bin2hex|urlencode|urldecode|http_build_query|password_hash|uniqid|intval|floatval|strval|gettype|get_loaded_extensions|extension_loaded|ini_get|ini_get_all|getenv|gethostname|getmypid|memory_get_usage|sys_getloadavg|file_exists|is_file|is_dir|filesize|filemtime|basename|dirname|pathinfo|realpath|scandir|glob|exit|die|isset|empty|unset|list|fread|fgets|feof|fwrite|fputs|fclose|stream_get_contents|pclose|proc_close|usleep|sleep|set_time_limit|ob_\w+|sort|ksort|range|ctype_\w+|preg_\w+|mb_\w+|iconv|serialize|unserialize|disk_free_space|version_compare|class_exists|function_exists|method_exists|opcache_\w+|posix_get\w+)$/,
  keywords:
    /^(if|elseif|while|for|foreach|switch|function|return|new|use|and|or|catch|array|fn|match|PHP_\w+)$/,
}

const node: ScriptLanguage = {
  lexis: {
    comments: ['//'],
    interpolates: /\$\{[^}]*\}/g,
    interpolatingQuotes: '`',
    backticks: 'template',
    quoteWords: false,
    tripleQuotes: false,
  },
  bareCalls: false,
  calls: [
    [/(^|\.)(exec|execSync)$/, 'run'],
    [/(^|\.)(spawn|spawnSync|execFile|execFileSync|fork)$/, 'start'],
    [/^(eval|Function)$|(^|\.)(runInThisContext|runInNewContext)$/, 'code'],
    [/(^|\.)(require|import)$/, 'named'],
    [/(^|\.)(readFile|readFileSync|createReadStream|openSync)$/, 'read'],
    [
      /(^|\.)(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|copyFileSync|renameSync|symlinkSync)$/,
      'write',
    ],
    [/(^|\.)(unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync)$/, 'delete'],
    [/(^|\.)(connect|createConnection)$/, 'connect'],
    [/^fetch$|(^|\.)(https?\.(get|request)|get|request)$/, 'fetch'],
    [/(^|\.)(listen|createServer)$/, 'listen'],
    [/(^|\.)(chmodSync|chmod|chownSync)$/, 'mode'],
    [/(^|\.)(setuid|setgid)$/, 'account'],
    [/(^|\.)(dlopen)$/, 'load'],
    [/^(console\.(log|error|info|table)|process\.stdout\.write)$/, 'print'],
  ],
  harmless:
    /^(JSON|Math|Date|Object|Array|String|Number|Intl|Promise|Buffer|BigInt|Symbol|Map|Set|RegExp|os|path|url|crypto|process|util|console|performance|parseInt|parseFloat|isNaN|atob|btoa|encodeURIComponent|decodeURIComponent)(\.|$)|(^|\.)(toString|slice|split|join|map|filter|forEach|reduce|trim|replace|replaceAll|match|includes|indexOf|push|pop|keys|values|entries|sort|reverse|then|catch|finally|on|once|pipe|write|end|digest|update|createHash|randomBytes|cpus|hostname|totalmem|freemem|charCodeAt|test|toUpperCase|toLowerCase|padStart|padEnd|concat|from|stringify|parse|resolve|basename|dirname|existsSync|statSync|readdirSync|exit|setTimeout|setInterval|uptime|memoryUsage|cwd|platform|arch|toISOString|toFixed|mainModule)$/,
  keywords: /^(if|while|for|switch|function|return|typeof|new|await|async|catch|of|in|let|const|var)$/,
}

const lua: ScriptLanguage = {
  lexis: { ...plain, comments: ['--'] },
  bareCalls: true,
  calls: [
    [/(^|\.)(execute|popen)$/, 'run'],
    [/^(load|loadstring|dofile|loadfile)$/, 'code'],
    [/^require$/, 'print'],
    [/(^|\.)open$/, 'open'],
    [/(^|\.)(lines)$/, 'read'],
    [/(^|\.)(remove)$/, 'delete'],
    [/(^|\.)(rename|output)$/, 'write'],
    [/(^|:)(connect)$/, 'connect'],
    [/(^|:)(bind|listen)$/, 'listen'],
    [/^(print|io\.write)$/, 'print'],
  ],
  harmless:
    /^(string|table|math|os\.(time|date|clock|getenv|exit)|io\.(read|close|stdout|stdin)|type|tostring|tonumber|pairs|ipairs|select|unpack|pcall|assert|error|next|rawget|setmetatable|collectgarbage|socket)(\.|$)|(^|[.:])(read|write|close|lines|format|sub|gsub|match|len|rep|tcp|send|receive|settimeout)$/,
  keywords: /^(if|while|for|function|return|and|or|not|local|then|do|end|elseif|in|until|repeat)$/,
}

export const scriptLanguages: Readonly<Record<string, ScriptLanguage>> = {
  python,
  perl,
  ruby,
  php,
  node,
  lua,
}
