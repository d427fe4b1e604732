# ruff: noqa: E501  a sentence of PostgreSQL stays on one line
"""The sentences of a deadlock report and of the lock-wait lines around it (deadlock.c, proc.c, elog.c).

A table maps a language (the name of PostgreSQL's message catalogue, ``en`` for none) to a template with named
places; a language without an entry uses the English text.
"""

Table = dict[str, str]

#: The primary message.
DEADLOCK: Table = {
    "en": "deadlock detected",
    "de": "Verklemmung (Deadlock) entdeckt",
    "es": "se ha detectado un deadlock",
    "fr": "interblocage (deadlock) détecté",
    "it": "rilevato deadlock",
    "ja": "デッドロックを検出しました",
    "ka": "ნაპოვნია ურთიერთბლოკირება",
    "ko": "deadlock 발생했음",
    "ru": "обнаружена взаимоблокировка",
    "sv": "deadlock upptäckt",
    "uk": "виявлено взаємне блокування",
    "zh_CN": "检测到死锁",
    "zh_TW": "發現死結",
}

#: The only hint a report has.
HINT: Table = {
    "en": "See server log for query details.",
    "de": "Einzelheiten zur Anfrage finden Sie im Serverlog.",
    "es": "Vea el registro del servidor para obtener detalles de las consultas.",
    "fr": "Voir les journaux applicatifs du serveur pour les détails sur la requête.",
    "it": "Vedi i log del server per i dettagli della query.",
    "ja": "問い合わせの詳細はサーバーログを参照してください",
    "ka": "მოთხოვნის დეტალებისთვის იხილეთ სერვერის ჟურნალი.",
    "ko": "쿼리 상세 정보는 서버 로그를 참조하십시오.",
    "ru": "Подробности запроса смотрите в протоколе сервера.",
    "sv": "Se server-logg för frågedetaljer.",
    "uk": "Подробиці запиту перегляньте в записі серверу.",
    "zh_CN": "查询详情请查阅服务器日志。",
    "zh_TW": "請參閱伺服器日誌以取得查詢詳細資訊。",
}

#: One line of DETAIL per process, in cycle order.
WAITS: Table = {
    "en": "Process {waiter} waits for {mode} on {lock}; blocked by process {blocker}.",
    "de": "Prozess {waiter} wartet auf {mode}-Sperre auf {lock}; blockiert von Prozess {blocker}.",
    "es": "El proceso {waiter} espera {mode} en {lock}; bloqueado por proceso {blocker}.",
    "fr": "Le processus {waiter} attend {mode} sur {lock} ; bloqué par le processus {blocker}.",
    "it": "Il processo {waiter} è in attesa di {mode} su {lock}; bloccato dal processo {blocker}.",
    "ja": "プロセス {waiter} は {mode} を {lock} で待機していましたが、プロセス {blocker} でブロックされました",
    "ko": "{waiter} 프로세스가 {mode} 상태로 지연되고 있음(해당 작업: {lock}); {blocker} 프로세스에 의해 블록킹되었음",
    "ru": 'Процесс {waiter} ожидает в режиме {mode} блокировку "{lock}"; заблокирован процессом {blocker}.',
    "sv": "Process {waiter} väntar på {mode} för {lock}; blockerad av process {blocker}.",
    "uk": 'Процес {waiter} очікує в режимі {mode} блокування "{lock}"; заблокований процесом {blocker}.',
    "zh_CN": "进程 {waiter} 正在等待 {lock} 上的 {mode}；被进程 {blocker} 阻塞。",
    "zh_TW": "行程 {waiter} 正在等候 {lock} 上的 {mode}；由行程 {blocker} 封鎖。",
}

#: One paragraph of DETAIL per process in the server log: the statement, cut at track_activity_query_size.
SHOWS: Table = {
    "en": "Process {pid}: {statement}",
    "de": "Prozess {pid}: {statement}",
    "es": "Proceso {pid}: {statement}",
    "fr": "Processus {pid} : {statement}",
    "it": "Processo {pid}: {statement}",
    "ja": "プロセス {pid}: {statement}",
    "ka": "პროცესი {pid}: {statement}",
    "ko": "프로세스 {pid}: {statement}",
    "ru": "Процесс {pid}: {statement}",
    "uk": "Процес {pid}: {statement}",
    "zh_CN": "进程 {pid}: {statement}",
    "zh_TW": "行程 {pid}: {statement}",
}

#: What the log adds to the primary message when the error has a position.
AT_CHARACTER: Table = {
    "en": " at character {n}",
    "de": " bei Zeichen {n}",
    "es": " en carácter {n}",
    "fr": " au caractère {n}",
    "it": " al carattere {n}",
    "ja": "({n}文字目)",
    "ka": " სიმბოლოსთან {n}",
    "ko": " {n} 번째 문자 부근",
    "ru": " (символ {n})",
    "sv": " vid tecken {n}",
    "uk": " символ {n}",
    "zh_CN": " 第 {n} 个字符处",
    "zh_TW": " 在第 {n} 個字元處",
}

#: The LOG lines of log_lock_waits, by what they tell.
LOCK_WAITS: dict[str, Table] = {
    "waiting": {
        "en": "process {pid} still waiting for {mode} on {lock} after {ms}.{us} ms",
        "de": "Prozess {pid} wartet immer noch auf {mode}-Sperre auf {lock} nach {ms},{us} ms",
        "es": "el proceso {pid} aún espera {mode} en {lock} después de {ms}.{us} ms",
        "fr": "le processus {pid} est toujours en attente de {mode} sur {lock} après {ms}.{us} ms",
        "it": "il processo {pid} è ancora un attesa di {mode} su {lock} dopo {ms}.{us} ms",
        "ja": "プロセス{pid}は{mode}を{lock}で待機しています。{ms}.{us}ミリ秒後",
        "ko": "{pid} PID 프로세스에서 여전히 {mode}({lock}) 작업을 기다리고 있음({ms}.{us}ms 후)",
        "ru": 'процесс {pid} продолжает ожидать в режиме {mode} блокировку "{lock}" в течение {ms}.{us} мс',
        "sv": "process {pid} väntar fortfarande på {mode} för {lock} efter {ms}.{us} ms",
        "uk": "процес {pid} все ще чекає в режимі {mode} блокування {lock} після {ms}.{us} мс",
        "zh_CN": "进程 {pid} 等待 {ms}.{us} 毫秒后，仍在等待 {lock} 上的 {mode}",
        "zh_TW": "行程 {pid} 在下列時間後仍等候 {mode} ({lock} 上): {ms}.{us} 毫秒",
    },
    "detected": {
        "en": "process {pid} detected deadlock while waiting for {mode} on {lock} after {ms}.{us} ms",
        "de": "Prozess {pid} hat Verklemmung festgestellt beim Warten auf {mode}-Sperre auf {lock} nach {ms},{us} ms",
        "es": "el proceso {pid} detectó un deadlock mientras esperaba {mode} en {lock} después de {ms}.{us} ms",
        "fr": "le processus {pid} a détecté un verrou mortel alors qu'il était en attente de\n{mode} sur {lock} après {ms}.{us} ms",
        "it": "il processo {pid} ha individuato un deadlock mentre era in attesa di {mode} su {lock} dopo {ms}.{us} ms",
        "ja": "プロセス{pid}は、{lock}上の{mode}に対し{ms}.{us} ms待機するデッドロックを検知しました",
        "ko": "{pid} PID 프로세스에서 {mode}({lock}) 대기중 {ms}.{us}ms 후에 교착 상태를 감지함",
        "ru": 'процесс {pid} обнаружил взаимоблокировку, ожидая в режиме {mode} блокировку "{lock}" в течение {ms}.{us} мс',
        "sv": "process {pid} upptäckte deadlock medan den väntade på {mode} för {lock} efter {ms}.{us} ms",
        "uk": "процес {pid} виявив взаємне блокування, чекаючи в режимі {mode} блокування {lock} після {ms}.{us} мс",
        "zh_CN": "进程 {pid} 等待 {lock} 上的 {mode} 达 {ms}.{us} 毫秒后检测到死锁",
        "zh_TW": "行程 {pid} 正在等候 {mode} ({lock} 上) 時，在 {ms}.{us} 毫秒後偵測到死結",
    },
    "avoided": {
        "en": "process {pid} avoided deadlock for {mode} on {lock} by rearranging queue order after {ms}.{us} ms",
        "de": "Prozess {pid} vermied Verklemmung wegen {mode}-Sperre auf {lock} durch Umordnen der Queue nach {ms},{us} ms",
        "es": "el proceso {pid} evitó un deadlock para {mode} en {lock} reordenando la cola después de {ms}.{us} ms",
        "fr": "le processus {pid} a évité un verrou mortel pour {mode} sur {lock} en modifiant l'ordre\nde la queue après {ms}.{us} ms",
        "it": "il processo {pid} ha evitato un deadlock per {mode} su {lock} modificando l'ordine della coda dopo {ms}.{us} ms",
        "ja": "プロセス{pid}は、{ms}.{us} ms後にキューの順番を再調整することで、{lock}上の{mode}に対するデッドロックを防ぎました。",
        "ko": "{pid} PID 프로세스는 {mode}({lock})에 대해 교착 상태가 발생하지 않도록 {ms}.{us}ms 후에 대기열 순서를 다시 조정함",
        "ru": 'процесс {pid} избежал взаимоблокировки, ожидая в режиме {mode} блокировку "{lock}", изменив порядок очереди через {ms}.{us} мс',
        "sv": "process {pid} undvek deadlock på {mode} för {lock} genom att kasta om köordningen efter {ms}.{us} ms",
        "uk": "процес {pid} уникнув взаємного блокування, чекаючи в режимі {mode} блокування {lock} змінивши порядок черги після {ms}.{us} мс",
        "zh_CN": "进程 {pid} 等待 {ms}.{us} 毫秒后，通过调整队列顺序避免 {lock} 上 {mode} 的死锁",
        "zh_TW": "行程 {pid} 避免 {mode} 的死結 ({lock} 上)，方法是在 {ms}.{us} 毫秒後重新安排佇列順序",
    },
    "acquired": {
        "en": "process {pid} acquired {mode} on {lock} after {ms}.{us} ms",
        "de": "Prozess {pid} erlangte {mode}-Sperre auf {lock} nach {ms},{us} ms",
        "es": "el proceso {pid} adquirió {mode} en {lock} después de {ms}.{us} ms",
        "fr": "le processus {pid} a acquis {mode} sur {lock} après {ms}.{us} ms",
        "it": "il processo {pid} ha acquisito {mode} su {lock} dopo {ms}.{us} ms",
        "ja": "プロセス{pid}は{ms}.{us} ms後に{lock}上の{mode}を獲得しました",
        "ko": "{pid} PID 프로세스가 {mode}({lock}) 작업을 위해 잠금 취득함({ms}.{us}ms 후)",
        "ru": 'процесс {pid} получил в режиме {mode} блокировку "{lock}" через {ms}.{us} мс',
        "sv": "process {pid} fick {mode} på {lock} efter {ms}.{us} ms",
        "uk": "процес {pid} отримав в режимі {mode} блокування {lock} після {ms}.{us} мс",
        "zh_CN": "进程 {pid} 等待 {ms}.{us} 毫秒后已获取 {lock} 上的 {mode}",
        "zh_TW": "行程 {pid} 在下列時間後取得 {mode} ({lock} 上): {ms}.{us} 毫秒",
    },
    "failed": {
        "en": "process {pid} failed to acquire {mode} on {lock} after {ms}.{us} ms",
        "de": "Prozess {pid} konnte {mode}-Sperre auf {lock} nach {ms},{us} ms nicht erlangen",
        "es": "el proceso {pid} no pudo adquirir {mode} en {lock} después de {ms}.{us} ms",
        "fr": "le processus {pid} a échoué pour l'acquisition de {mode} sur {lock} après {ms}.{us} ms",
        "it": "il processo {pid} ha fallito l'acquisizione di {mode} su {lock} dopo {ms}.{us} ms",
        "ja": "プロセス{pid}は{ms}.{us} ms後に{lock}上で{mode}を獲得することに失敗しました",
        "ko": "프로세스 {pid}에서 {mode}({lock})을(를) 취득하지 못함({ms}.{us}ms 후)",
        "ru": 'процесс {pid} не смог получить в режиме {mode} блокировку "{lock}" за {ms}.{us} мс',
        "sv": "process {pid} misslyckades att ta {mode} på {lock} efter {ms}.{us} ms",
        "uk": "процес {pid} не зміг отримати в режимі {mode} блокування {lock} після {ms}.{us} мс",
        "zh_CN": "进程 {pid} 等待 {ms}.{us} 毫秒后，未能获取 {lock} 上的 {mode}",
        "zh_TW": "行程 {pid} 在下列時間後無法取得 {mode} ({lock} 上): {ms}.{us} 毫秒",
    },
}
