# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that tell nothing of what a question is about, per language: grammar and greetings."""

from __future__ import annotations

FILLER: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
        a about after again all also am an and any anyone are as at be because been before being but
        by can cannot could did do does doing don done each else even every everyone for from get
        gets getting got had has have having he her here hers him his how however i if in into is it
        its just let like ll m may me might more most much must my need no nor not now of off ok on
        once one only or other our ours out over own please re s same see seem seems she should
        since so some still such t than that the their them then there these they thing things this
        those though to too try trying under until up us use used using ve very want was we well
        were what when where which while who why will with without would yes yet you your yours
        hello hi hey dear thanks thank regards best kind sincerely morning afternoon help question
        know tell possible way everything something anything nothing today yesterday tomorrow
        support team sir madam problem issue trouble able always never find system
        works work working
        """.split()
    ),
    "fr": frozenset(
        """
        a afin ai aie ainsi alors après as au aucun aucune aussi autre autres aux avait avant avec
        avez avoir avons bien c ça car ce ceci cela celle celui ces cet cette chaque chez ci comme
        comment d dans de déjà depuis des deux dois doit donc du elle elles en encore est et était
        étaient être eu fait faire faut il ils j jamais je jusqu l la là le les leur leurs lors
        lorsque lui m ma mais même mes moi mon n ne ni nos notre nous on ont ou où par parce pas
        peu peut peuvent peux plus pour pourquoi pourriez pouvez pouvons puis qu quand que quel
        quelle quelles quels qui quoi s sa sans se sera ses si sinon son sont sous suis sur t ta te
        tes toi ton toujours tous tout toute toutes très tu un une vers voici voir vos votre vous y
        bonjour bonsoir merci cordialement salutations madame monsieur svp aide question besoin
        veuillez pouvoir savoir possible aujourd hui hier demain chose problème souci équipe
        rien personne avance système fonctionne fonctionnent marche marchent
        """.split()
    ),
    "de": frozenset(
        """
        ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin
        bis bist bitte da dadurch daher damit dann darf das dass dein dem den denn der des dessen
        die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer
        eines er es etwas euch euer für gar gegen geht gibt habe haben hat hatte hier hin hinter ich
        ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem jeden jeder jedes
        jetzt kann kannst kein keine keinen können könnte könnten lassen leider machen man mein
        meine mich mir mit möchte muss müssen nach nicht nichts noch nun nur ob oder ohne schon sehr
        sein seine seit selbst sich sie sind so soll sollte sollten sondern sonst über um und uns
        unser unsere unserem unseren unter viel vom von vor war warum was weil weiter welche wenn
        wer werden wie wieder will wir wird wo worden wurde wurden würde zu zum zur zwar
        hallo guten tag morgen danke dank grüße grüßen freundlichen freundliche geehrte geehrter
        damen herren frage hilfe problem team support gestern heute wissen system
        funktioniert funktionieren klappt
        """.split()
    ),
    "sv": frozenset(
        """
        alla allt än är att av bara behöver bli blir blivit borde bort då de dem den denna dess det
        detta dig din dina ditt dock du efter ej eller en er era ert ett få får fått för från gå går
        gång gör göra gjort ha hade han har här hej hon honom hos hur i igen in ingen inget inte ja
        jag just kan kunde lite låt man med mellan men mer mig min mina mitt mot mycket nån något
        några när ni nog nu och också om oss på samma sedan ser sin sina sitt ska skall skulle så
        sådan som tack till under upp ut utan vad våra vår vårt var vara varför varje vi vid vill
        vilken vilket
        hälsningar mvh vänliga vänlig hjälp hjälpa fråga undrar snälla tacksam gärna möjligt veta
        igår idag imorgon morgon dag problem team support hejsan någon alltid aldrig
        system systemet fungerar funkar
        """.split()
    ),
    "ru": frozenset(
        """
        а без более бы был была были было быть в вам вас ваш ваша ваше ваши весь во вот все всего
        всех всем вы где да даже для до его ее если есть еще же за здесь и из или им их к как какая
        какие какой ко когда которая которые который кто ли либо меня мне мной мог могли может можно
        можем могу мой моя мы на над надо нам нас наш наша наше наши не него нее нет ни них но ну о
        об один однако он она они оно от очень по под пока после потом почему при про раз с сам
        сейчас себя со так такая также такие такой там те тем теперь то того тоже только том тот ту
        тут ты у уже хочу хотим чем через что чтобы эта эти это этой этом этот эту я
        здравствуйте добрый день утро вечер привет спасибо уважением пожалуйста подскажите прошу
        помогите помощь вопрос проблема нужно нужен нужна вчера сегодня завтра уважаемые коллеги
        поддержка команда система системы систему системе системой работает работают работать
        """.split()
    ),
}
