/**
 * The words that filler titles and names are made of. Family names are put together from two parts, so that nothing false is said
 * of a real person, and the titles' things are translations of one another, entry by entry, so that a film can have a title in
 * English and an original one.
 */
export interface Culture {
  readonly and: string;
  readonly things: readonly string[];
  /** The same things as they stand inside a title. */
  readonly inside: readonly string[];
  readonly women: readonly string[];
  readonly men: readonly string[];
  readonly families: readonly string[];
}

const ARTICLE = /^(?:The|[OA]|L[ea]|El|Der|Die|Das) /;

function culture(words: Omit<Culture, "inside">): Culture {
  const inside = words.things.map((thing) => thing.replace(ARTICLE, (article) => article.toLowerCase()));
  return { ...words, inside };
}

function list(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim());
}

function combine(stems: string, endings: string): readonly string[] {
  return list(stems).flatMap((stem) => list(endings).map((ending) => stem + ending));
}

export const ENGLISH = culture({
  and: "and",
  things:
    list(`The Harbour, The Long Night, The Lighthouse, The Salt Road, The Empty Chair, The River, The Last Train, The Garden,
    The Bridge, The Letter, The Winter, The Stranger, The Mirror, The Island, The Clockmaker, The Storm, The Borrowed Coat,
    The Blue Door, The Silence, The Orchard, The Journey, The Promise, The Map, The Night Watch, Tomorrow, Ashes, Home, Distance,
    Two Brothers, The Photograph, The Debt, The Piano, The Neighbor, The Summer, The Shadow, The Return`),
  women: list(
    "Ada, Beth, Cora, Daphne, Edith, Flora, Greta, Hazel, Iris, June, Lydia, Maud, Nell, Olive, Ruth, Tess, Wilma",
  ),
  men: list("Alden, Bram, Clive, Desmond, Edgar, Felix, Graham, Harlan, Ian, Jonas, Leland, Miles, Owen, Percy, Silas"),
  families: combine(
    "Ash, Brindle, Calder, Dun, Elver, Fen, Garrow, Hollin, Ingle, Kester, Lark, Marrow, Nether, Oxen, Peller, Quill",
    "grave, moor, shaw, wick, thwaite, combe, mere, stow",
  ),
});

const PORTUGUESE = culture({
  and: "e",
  things:
    list(`O Porto, A Longa Noite, O Farol, A Estrada de Sal, A Cadeira Vazia, O Rio, O Último Trem, O Jardim, A Ponte, A Carta,
    O Inverno, O Estranho, O Espelho, A Ilha, O Relojoeiro, A Tempestade, O Casaco Emprestado, A Porta Azul, O Silêncio, O Pomar,
    A Viagem, A Promessa, O Mapa, A Vigília, Amanhã, Cinzas, O Lar, Distância, Dois Irmãos, A Fotografia, A Dívida, O Piano,
    O Vizinho, O Verão, A Sombra, O Retorno`),
  women: list(
    "Beatriz, Conceição, Dalva, Flávia, Glória, Helena, Inês, Jandira, Lúcia, Márcia, Natália, Odete, Rosângela, Zélia",
  ),
  men: list(
    "Aurélio, Caetano, Davi, Estêvão, Fabrício, Gonçalo, Heitor, Inácio, Joaquim, Mário, Otávio, Raimundo, Tião",
  ),
  families: combine(
    "Alv, Brag, Carv, Dorn, Estr, Falc, Guar, Lour, Mont, Nog, Quir, Ribal, Sant, Tav, Valad",
    "andeiro, açais, elhães, umbra, iscal, oredo, inção",
  ),
});

const FRENCH = culture({
  and: "et",
  things:
    list(`Le Port, La Longue Nuit, Le Phare, La Route du sel, La Chaise vide, La Rivière, Le Dernier Train, Le Jardin, Le Pont,
    La Lettre, L'Hiver, L'Inconnu, Le Miroir, L'Île, L'Horloger, La Tempête, Le Manteau prêté, La Porte bleue, Le Silence,
    Le Verger, Le Voyage, La Promesse, La Carte, La Veillée, Demain, Cendres, Chez nous, Distance, Deux frères, La Photographie,
    La Dette, Le Piano, Le Voisin, L'Été, L'Ombre, Le Retour`),
  women: list(
    "Adèle, Céleste, Delphine, Éléonore, Gisèle, Hélène, Irène, Joséphine, Léonie, Noémie, Odile, Renée, Solène",
  ),
  men: list(
    "Anselme, Bastien, Cyprien, Édouard, Fabien, Gaël, Honoré, Jérôme, Mathurin, Noël, Octave, Rémi, Théophile",
  ),
  families: combine(
    "Aub, Bell, Chant, Dulc, Fév, Garr, Hauss, Jol, Lamb, March, Perr, Rouv, Sauv, Tour, Verr",
    "agneux, ergnault, ouvray, inchet, élard, oisnel, arguet",
  ),
});

const SPANISH = culture({
  and: "y",
  things:
    list(`El puerto, La larga noche, El faro, El camino de la sal, La silla vacía, El río, El último tren, El jardín, El puente,
    La carta, El invierno, El extraño, El espejo, La isla, El relojero, La tormenta, El abrigo prestado, La puerta azul,
    El silencio, El huerto, El viaje, La promesa, El mapa, La vigilia, Mañana, Cenizas, El hogar, Distancia, Dos hermanos,
    La fotografía, La deuda, El piano, El vecino, El verano, La sombra, El regreso`),
  women: list(
    "Amparo, Belén, Consuelo, Dolores, Felisa, Graciela, Inés, Jimena, Lucía, Mercedes, Nieves, Ofelia, Rocío",
  ),
  men: list("Aurelio, Baltasar, Ciriaco, Efraín, Fermín, Germán, Hilario, Julián, Martín, Néstor, Rubén, Simón"),
  families: combine(
    "Alb, Barr, Cest, Dur, Esp, Gorr, Izag, Jar, Lez, Mend, Ort, Quint, Sal, Tor",
    "andero, elguiza, aríñez, ocález, uñón, erolea, ombrado",
  ),
});

const GERMAN = culture({
  and: "und",
  things:
    list(`Der Hafen, Die lange Nacht, Der Leuchtturm, Die Salzstraße, Der leere Stuhl, Der Fluss, Der letzte Zug, Der Garten,
    Die Brücke, Der Brief, Der Winter, Der Fremde, Der Spiegel, Die Insel, Der Uhrmacher, Der Sturm, Der geliehene Mantel,
    Die blaue Tür, Die Stille, Der Obstgarten, Die Reise, Das Versprechen, Die Karte, Die Nachtwache, Morgen, Asche, Zuhause,
    Entfernung, Zwei Brüder, Die Fotografie, Die Schuld, Das Klavier, Der Nachbar, Der Sommer, Der Schatten, Die Rückkehr`),
  women: list("Annegret, Bärbel, Cordula, Dörte, Elfriede, Gesine, Ilse, Jördis, Käthe, Liesel, Ottilie, Regine, Ute"),
  men: list("Albrecht, Bernd, Clemens, Egon, Falk, Götz, Hannes, Ingo, Jörg, Konrad, Lutz, Ottmar, Rüdiger, Sönke"),
  families: combine(
    "Acker, Birn, Dorn, Eschen, Feld, Grün, Hasel, Kalt, Mühl, Nieder, Ober, Rösch, Stein",
    "brinck, moser, reuth, städter, wieser, kamp, löhner",
  ),
});

const POLISH = culture({
  and: "i",
  things:
    list(`Port, Długa noc, Latarnia, Solny szlak, Puste krzesło, Rzeka, Ostatni pociąg, Ogród, Most, List, Zima, Obcy, Lustro,
    Wyspa, Zegarmistrz, Burza, Pożyczony płaszcz, Niebieskie drzwi, Cisza, Sad, Podróż, Obietnica, Mapa, Nocna warta, Jutro,
    Popioły, Dom, Odległość, Dwaj bracia, Fotografia, Dług, Fortepian, Sąsiad, Lato, Cień, Powrót`),
  women: list(
    "Bożena, Celina, Danuta, Elżbieta, Grażyna, Hanna, Jadwiga, Krystyna, Łucja, Małgorzata, Wiesława, Żaneta",
  ),
  men: list("Bogumił, Czesław, Dobromir, Grzegorz, Ignacy, Jędrzej, Łukasz, Mieczysław, Radosław, Stanisław, Wojciech"),
  families: combine(
    "Bor, Czarn, Dębn, Gawr, Jawor, Kędz, Łasz, Mroz, Ostr, Piech, Rącz, Świerk, Wilcz, Zawr",
    "owicz, ielak, uszek, oń, ęga, ycz, ała",
  ),
});

const TURKISH = culture({
  and: "ve",
  things:
    list(`Liman, Uzun Gece, Deniz Feneri, Tuz Yolu, Boş Sandalye, Nehir, Son Tren, Bahçe, Köprü, Mektup, Kış, Yabancı, Ayna, Ada,
    Saatçi, Fırtına, Ödünç Palto, Mavi Kapı, Sessizlik, Meyve Bahçesi, Yolculuk, Söz, Harita, Gece Nöbeti, Yarın, Küller, Yuva,
    Uzaklık, İki Kardeş, Fotoğraf, Borç, Piyano, Komşu, Yaz, Gölge, Dönüş`),
  women: list("Aslı, Berrin, Çiğdem, Defne, Esra, Feride, Gülşen, Hülya, İpek, Lale, Müge, Özlem, Pınar, Şule"),
  men: list("Alper, Bülent, Cengiz, Doğan, Erdal, Ferhat, Gökhan, Haluk, İlker, Levent, Murat, Özgür, Selçuk, Tuğrul"),
  families: combine(
    "Ak, Boz, Çelik, Demir, Er, Gök, Kara, Koç, Öz, Sarı, Taş, Yıldız",
    "dağlı, soylar, pınarcı, kanoğlu, tepeli, yürekli",
  ),
});

const HINDI = culture({
  and: "Aur",
  things:
    list(`Bandargah, Lambi Raat, Roshni, Namak ka Rasta, Khaali Kursi, Nadi, Aakhri Gaadi, Bagicha, Pul, Chitthi, Sardi, Ajnabi,
    Aaina, Dweep, Ghadisaaz, Toofan, Udhaar ka Coat, Neela Darwaza, Khamoshi, Baag, Safar, Vaada, Naksha, Raat ka Pehra, Kal,
    Raakh, Ghar, Doori, Do Bhai, Tasveer, Karz, Piano, Padosi, Garmi, Saaya, Vaapsi`),
  women: list(
    "Anjali, Bhavna, Chitra, Deepa, Ekta, Gauri, Hema, Indira, Jaya, Kavita, Lata, Meera, Nandini, Padma, Sunita",
  ),
  men: list(
    "Ajay, Bhuvan, Chetan, Devendra, Girish, Harish, Indrajit, Jagdeep, Kishore, Madhav, Nikhil, Omkar, Raghav",
  ),
  families: combine(
    "Bhat, Chand, Dev, Ghor, Jag, Kar, Laksh, Mad, Nar, Patw, Rath, Sand, Tal, Vark",
    "awande, ekrish, olikar, upadhi, iwala, anthe",
  ),
});

/** Each with its weight. English leads, as in the genuine file; Portuguese is there for its readers. */
export const CULTURES: readonly (readonly [Culture, number])[] = [
  [ENGLISH, 48],
  [HINDI, 12],
  [PORTUGUESE, 8],
  [FRENCH, 8],
  [SPANISH, 8],
  [GERMAN, 6],
  [TURKISH, 6],
  [POLISH, 4],
];

/** Characters without a name. */
export const ROLES = {
  women:
    list(`Doctor, Police Officer, Neighbor, Mother, Waitress, Teacher, Nurse, Narrator (voice), Journalist, Young Woman, The Judge,
    Grandmother, Shopkeeper, Landlady, Delegada, Vizinha, Mãe, La voisine, Die Ärztin, Sąsiadka, La niña`),
  men: list(`Doctor, Police Officer, Neighbor, Father, Waiter, Taxi Driver, Teacher, Narrator (voice), Journalist, The Stranger, Soldier,
    The Judge, Shopkeeper, Man with Dog, Uncle, Priest, Landlord, Delegado, Irmão, Le voisin, Der Wärter, Sąsiad, El niño`),
};

export const NICKNAMES = list("Ace, Boss, Duke, Lefty, Lucky, Mouse, Red, Tico, The Kid, Zé");
