"""Which language a text is in, by its script and its function words; and those words, which lexical search leaves out.

Function words are the most frequent words of a language and differ between neighbours (Spanish `y`, Italian `e`), so
counting them is enough for a paragraph, and right or harmless for a question of a few words (Grefenstette 1995,
"Comparing two language identification schemes"). ISO 639-1 codes throughout.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_WORDS = {
    "en": "a about after all also an and any are as at be because been before being but by can could did do does "
    "for from had has have he her his how i if in into is it its may me might must my no not of on or our s "
    "she should so such t than that the their them then there these they this those to us was we were what "
    "when where which while who whom whose why will with would you your",
    "es": "a al algo algún alguna algunos ante antes aquel como con cual cuál cuáles cualquier cuando cuándo cuánta "
    "cuántas cuánto cuántos de debe deben del desde donde dónde durante e el él ella ellas ellos en entre era "
    "eran es esa ese eso esta está están este esto estos fue fueron ha han hasta hay la las le les lo los más "
    "me mi muy nada ni no nos o otra otro para pero por porque puede pueden que qué quien quién quiénes se "
    "según ser si sí sin sobre son su sus también tan tanto te tiene todo tu un una uno unos y ya yo cómo",
    "fr": "à au aucun aussi autre aux avec c ce ces cet cette ceux chaque comme comment d dans de des doit doivent "
    "donc dont du elle elles en entre est et était être eu eux fait il ils j je l la le les leur leurs lors "
    "lui ma mais me même mes moi mon n ne ni nos notre nous on ont ou où par pas peut peuvent pour pourquoi "
    "qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sous sur ta tes ton tous "
    "tout très un une vos votre vous y",
    "de": "aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dein dem den der des die "
    "dies diese dieser dieses doch du durch ein eine einem einen einer eines er es euch für gegen hat haben "
    "hatte hier ich ihm ihn ihr ihre im in ist ja kann kein keine können man mehr mein mit muss müssen nach "
    "nicht noch nur ob oder ohne sein seine sich sie sind so soll über um und uns unter vom von vor wann war "
    "waren warum was weil welche welcher welches wenn wer werden wie wieder wir wird wo worden wurde wurden "
    "zu zum zur zwischen",
    "pt": "a ao aos após as até com como da das de dela dele deles depois deve do dos e é ela elas ele eles em "
    "entre era essa esse esta está este eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na "
    "não nas nem no nos nós num numa o onde os ou para pela pelo por porque pode podem qual quais quando "
    "quantas quanto quantos que quem são se sem ser seu seus sob sobre sua suas também te tem têm um uma você",
    "it": "a abbiamo ad agli ai al alla alle allo anche c che chi ci come con cosa cui da dagli dai dal dalla dalle "
    "dei del dell della delle dello deve di dove e è ed era erano essere fra fu gli ha hanno i il in io l la "
    "le lo loro lui ma mi molto ne negli nei nel nell nella nelle no noi non nostro o ogni per perché però "
    "più può quale quali quando quanti quanto quella quello questa queste questi questo se sei senza si sia "
    "siamo sono su sua sue sugli sul sulla suo suoi tra tu tutti tutto un una uno voi",
    "nl": "aan al alle als bij dan dat de deze die dit doen door dus een en er ge geen had heb hebben heeft hem het "
    "hier hij hoe hun ik in is ja je kan kon kunnen maar me meer men met mijn moet moeten na naar niet nog nu "
    "of om onder ons ook op over reeds te tegen tot u uit uw van veel voor waar waarom wanneer want waren was "
    "wat we wel welk welke werd werden wie wij wil worden wordt zal ze zelf zich zij zijn zo zonder zou",
    "ro": "a acest această aceste acestea aceștia al ale am ar are as au avea ce cea cei cel cele către când care "
    "cât câte câți cine cu cum da dar de deci despre din după ea ei el ele era este eu fi fiind fost iar în "
    "îi îl înainte între la le li lor lui mai nu o pe pentru prin sau să se și sunt sub toate tot un una unde "
    "unei unor unui va vor",
    "sv": "alla än är att av då de dem den denna deras dess dessa det detta dig din du efter ej eller en er ett "
    "från för ha hade han har hennes hon honom hur i ingen inte jag kan man med men mer mig min mot mycket "
    "någon något när och om oss på sedan sig sin själv ska skall som till under upp ut vad var varför vara "
    "varit vem vi vid vilka vilken vilket",
    "pl": "a aby albo ale ani bez bo by był była było były być co czy dla dlaczego do gdy gdzie go i ich ile im "
    "innych ja jak jako jakie jego jej jest jeszcze jeśli już każdy kiedy kto która które którego której "
    "który których którzy lub ma mi może mu na nad nie niż o od on ona oni oraz po pod podczas przed przez "
    "przy są się ta tak także tam te tego tej ten to tych tylko tym w we więc wszystko z za został została że",
    "tr": "ama ancak bazı ben bir biri biz böyle bu buna bunlar bunu bunun çok çünkü da daha de defa değil diye "
    "eden en gibi göre hangi hem hep her hiç için ile ise kaç kadar ki kim kime mı mi mu mü nasıl ne neden "
    "nedir nerede niçin o olan olarak oldu olduğu on ona onlar onu onun sen siz sonra şey şu tarafından tüm "
    "var ve veya ya yani",
    "vi": "ai bao bị bởi cái các cho chúng có của cùng cũng đã đang để đến đó được gì hay hơn khi không là lại lên "
    "mà mỗi một nào này năm người nhiều nhưng như những ở ra rất sau sẽ tại theo thì trên trong từ vào và về "
    "với việc",
    "ru": "а без бы был была были было быть в вам вас весь во вот все всех вы где да для до его ее если есть еще же "
    "за и из или им их к как какая какие какой когда который которая которые кто ли между мне может мы на над "
    "не него нее нет ни них но о об он она они оно от по под после при с сколько со так также там то того "
    "тоже только том у уже чего чем что чтобы эта эти это этот я",
    "el": "αλλά αν από αυτά αυτή αυτό αυτός για γιατί δε δεν εάν είναι είχε εκ ένα ένας η ήταν θα κάθε και κατά μας "
    "με μετά μη μια μόνο να ο οι όπως όταν ότι ποια ποιο ποιοι ποιος πόσο πότε που πού προς πώς σε στα στη "
    "στην στις στο στον στους τα τη την της τι τις το τον του τους των ως",
    "ar": "إلى أن أو أي إن التي الذي الذين بعد بين تم حتى حيث ذلك عن على عند غير في قبل قد كان كانت كل كم كما كيف "
    "لا لم لماذا لن ما متى مع من منذ هذا هذه هل هم هو هي و",
    "hi": "अपने इस इसके एक और कब कर करने कहाँ का कि किया किस किसने की के को कौन क्या क्यों गया जब जो तक तो था थी थे "
    "ने नहीं पर भी में यह या ये से है हैं हो",
}  # fmt: skip

# Scripts that name a language by themselves, or one of a family; kana and hangul decide before Han.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4_000  # characters
_MARGIN = 0.5  # of a word that only one language has


@functools.cache
def stop_words(language: str) -> frozenset[str]:
    """The function words of a language, casefolded, in NFC; empty for a language that is not listed.

    >>> "the" in stop_words("en"), "también" in stop_words("es"), len(stop_words("eu"))
    (True, True, 0)
    """
    return frozenset(_WORDS.get(language, "").split())


def detect_language(text: str, default: str = "en") -> str:
    """The ISO 639-1 code of the language that most of `text` is in; `default` where nothing tells.

    >>> [detect_language(text) for text in ("Who found it?", "¿Quién lo encontró?", "Qui l'a trouvé ?", "Wer war es?")]
    ['en', 'es', 'fr', 'de']
    >>> [detect_language(text, default="es") for text in ("kerberoasting", "Кто её нашёл?", "誰が見つけた")]
    ['es', 'ru', 'ja']
    """
    sample = unicodedata.normalize("NFC", text[:_SAMPLE])
    latin = len(_LATIN.findall(sample))
    for language, script in _SCRIPTS:
        found = len(script.findall(sample))
        # One character of Han or kana carries as much as a few letters.
        if found and found * (3 if language in {"ja", "zh", "ko"} else 1) > latin:
            return language
    votes: dict[str, float] = {}
    for word in _WORD.findall(sample):
        if word.isupper() and not sample.isupper():
            continue  # `COM`, `N-terminal`, `AD`: abbreviations, not words
        speakers = _speakers().get(word.casefold(), ())
        for language in speakers:
            votes[language] = votes.get(language, 0.0) + 1.0 / len(speakers)
    best = max(sorted(votes), key=votes.__getitem__, default=default)
    # One word ("non", "via") must not turn a question into another language.
    return best if votes.get(best, 0.0) > votes.get(default, 0.0) + _MARGIN else default


@functools.cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """Function word -> the languages that have it, of those in the Latin script."""
    found: dict[str, tuple[str, ...]] = {}
    for language in _WORDS:
        if language not in {"ru", "el", "ar", "hi"}:
            for word in stop_words(language):
                found[word] = (*found.get(word, ()), language)
    return found
