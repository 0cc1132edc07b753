"""First names that stand for one another: short forms, pet names, spellings of other scripts."""

from __future__ import annotations

from functools import cache

# One line a person's possible first names, all folded (no accents, ue -> u and the like).
# A short form may stand in several lines: then these are one group, for "Alex" may be either.
_GROUPS = """
abigail abby gail
agnieszka aga agnes
alan allan allen al
albert al bertie
alejandro alex ale jandro
alexander alex alec sandy sasha xander aleksandr alexandre alessandro
alexandra alex sandra sasha lexi aleksandra alessandra
alexei alexey aleksei alyosha
alfred alf fred freddie alfredo
amanda mandy
andrew andy drew andreas andre andrei andrej andres andrzej
angela angie angelika
anna ann anne annie anja anita ania nan nancy hannah
anthony tony anton antonio toni antoine
antonia toni
arthur art artur
barbara barb barbie babs basia
bartholomew bart
beatrice bea trixie beatrix beatriz
benedict ben benedikt
benjamin ben benny benji benjamim
bernard bernie bernd bernhard bernardo
bradley brad
brittany brit
calvin cal
carolyn caroline carrie carol karoline lina
catherine cathy kate katie katherine kathryn kathy kat kitty katharina katrin kathrin catrin kati
  katarzyna kasia katya ekaterina caterina catalina karin
charles charlie chuck chas carl karl carlos carlo charly
charlotte lotte lottie charlie
christian chris kristian
christina chris tina christine christiane kristina kristine cristina chrissy christy
christopher chris kit topher christoph christophe cristobal kristof
clifford cliff
cynthia cindy
daniel dan danny daniele
danielle dani daniela
david dave davy
deborah deb debbie debra
dennis denny denis
diana diane di
dmitri dima dmitry dimitri mitya
dolores lola
donald don donny
dorothy dot dottie dolly dorothea
douglas doug
edward ed eddie ted ned eduardo edoardo eduard teddy
eleanor ellie nell nora lenore
elizabeth liz beth betsy lisa betty eliza lizzy libby elisabeth elsa lili isabel isabella
emily em emmy emilie
enrique quique
eugene gene evgeny eugen
evelyn eve evie
ferdinand ferdi
florian flo
frances fran franny francesca francisca franziska franzi
francis frank fran franz
francisco paco pancho paquito francesco
franklin frank
frederick fred freddy rick friedrich fritz frederic federico
gabriel gabe gabriele
gabriele gabi gaby gabriela gabrielle
gerald gerry jerry gerhard gerd
geoffrey geoff jeff
george georg jorge giorgio georges jurgen
gerard gerry
giovanni gianni giova
gregory greg gregor grzegorz
gunther gunter
guillermo memo
hans johann johannes hansi
harold harry hal harald
helen helena ellen nell helene elena lena yelena
henry harry hank hal heinrich heinz enrico henri henrik heiner
herbert herb bert
hermann herman
howard howie
hubert hugh bert
ignacio nacho
ivan vanya
jacob jake jakob jacques jacobo
jacqueline jackie
james jim jimmy jamie jaime
janet jan
janice jan
jeffrey jeff geoff jeffery
jennifer jen jenny jenn
jeremy jerry jeremiah
jerome jerry
jessica jess jessie
jesus chuy
joachim achim jochen
joan joanie
joanne jo joanna johanna jana hanna
john jon johnny jack juan jean sean ian johan jan johann joao giovanni
jonathan jon jonny nathan
jorg joerg
jose pepe josep
joseph joe joey jose josef giuseppe josip jozef sepp
josephine jo josie josefine
joshua josh
judith judy judi
julia julie jule juliane giulia yulia
julian jules julien
karen kari
kathleen kathy kate katie
kenneth ken kenny
kimberly kim kimmy kimberley
klaus claus nikolaus niklas
konstantin kostya
lawrence larry laurence lorenz laurent lorenzo lars
leonard leo len lenny leonardo leonhard
leonie leo
leslie les
lillian lily lil lilly
linda lindy lynn
louis lou louie luis ludwig luigi lewis lutz
louise lou luise
lucas lukas luke luca luc lucasz
lucia lucy lucie
ludmila lyuda
manfred manni
manuel manu manolo
margaret maggie peggy meg marge margie daisy greta margarete margarita gretchen margaux margot
  margarethe marguerite malgorzata gosia
maria mary marie mariana mia maja marija
mark marc marco markus marcus marek
marlene leni
martha marta marty
martin marty martyn
mary molly polly mae
matthew matt matthias mathias matteo mateo matthieu mateusz matty
maurice moritz mauricio
maximilian max maxi maxim maxime massimo
megan meg
melissa mel missy lissa
mercedes merche
michael mike mick mickey micha michel miguel michele mikhail misha michal mikael micky
michelle shelly michele
mohammed muhammad mohamed mohammad mohamad muhammed mehmet mo
monika monica moni
nancy nan
natalia natalie natasha nathalie natalya nat
nathaniel nathan nate nat
nicholas nick nicolas nico nikolas nicky niko nicola nikolai nikolay
nicole nicky niki nikki
norbert bert
olga olya
oliver ollie olli olivier
olivia liv livvy
pamela pam pammy
patricia pat patty tricia trish patti patrizia
patrick pat paddy patrik patricio
paul pablo paolo pavel pawel paulo
paula pauline paulina pauli
pedro peter pete pierre piotr piet pjotr petr
penelope penny
petra peti
philip phil pip philippe felipe filippo filip phillip
rafael raphael rafa raf rafal
raymond ray raimund
rebecca becky becca bex
reinhard reiner rainer
renate nate reni
richard rick rich dick richie ricky ricardo riccardo
robert rob bob bobby robbie roberto bert
roderick rod
rodney rod
roger rodger rogelio
roland rolf
ronald ron ronnie
rose rosa rosie
rosemary rosie
rudolf rudi
russell russ
samantha sam sammy
samuel sam sammy
sandra sandy
sarah sara sally sadie
sebastian seb basti bastian sebastien
sergei sergey sergio serge serhiy
shirley shirl
simon simeon
solomon sol
sophia sophie sofia sofie zofia
stanley stan stanislav
stephanie steph stefanie steffi
stephen steve steven stefan stephan stevie esteban stephane stefano szczepan
susan sue susie suzy susanne suzanne susanna susi susana zuzana
svetlana sveta
tatiana tanya tatjana
teresa theresa terry tess tessa tracy therese teresia
terence terry terrence
theodore ted theo teddy theodor
thomas tom tommy tomas tomasz tommaso
thorsten torsten
timothy tim timmy timo
tobias tobi toby
ulrich uli ulli
ulrike uli rike ulli
ursula uschi ulla
valentina valya
valerie val
vanessa nessa
victor vic viktor vittorio
victoria vicky tori viktoria vika
vincent vince vinny vicente vincenzo
virginia ginny
vladimir vlad volodya wladimir volodymyr
walter walt wally walther
wilhelm willi wilfried willy william will bill billy liam guillaume guglielmo
winston win
wolfgang wolf wolfi
yevgeny zhenya
yusuf youssef yousef yosef
yuri juri
zachary zach zack zac
"""


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """Each folded first name with the heads of all the groups that it may belong to."""
    heads: dict[str, list[str]] = {}
    for line in _GROUPS.replace("\n  ", " ").strip().splitlines():
        names = line.split()
        for name in names:
            heads.setdefault(name, []).append(names[0])
    return {name: tuple(dict.fromkeys(found)) for name, found in heads.items()}
