/** Invented cases to try the coach on. `ago` is minutes before the page was opened. */

const HOUR = 60;
const DAY = 24 * HOUR;

const customer = (ago, text) => ({ role: "customer", ago, text });
const agent = (ago, text) => ({ role: "agent", ago, text });

export const SAMPLES = [
  {
    id: "late-parcel",
    name: "Maya Brandt",
    subject: "Parcel late, tracking has not moved",
    channel: "email",
    language: "en",
    turns: [
      customer(
        3 * HOUR,
        "Hi,\n\nmy order #48213 was meant to arrive last Thursday and it still isn’t here. The tracking page has said “label created” for eight days. It’s a birthday present for my son and his birthday is on Saturday.\n\nCould someone please tell me what is going on?\n\nMaya",
      ),
    ],
  },
  {
    id: "damaged-kettle",
    name: "Owen Price",
    subject: "Stove kettle arrived with a cracked base",
    channel: "chat",
    language: "en",
    turns: [
      customer(14, "hello, the stove kettle I ordered from you arrived today and the base is cracked right through. Box was fine so it must have been packed like that"),
      customer(13, "order number is KT-20719. I have photos if you need them, I’d just like one that isn’t broken please"),
    ],
  },
  {
    id: "double-charge",
    name: "Priya Nair",
    subject: "Charged twice for the same month",
    channel: "email",
    language: "en",
    turns: [
      customer(
        26 * HOUR,
        "I’ve just looked at my bank statement and you took £39.00 on the 3rd and £39.00 again on the 4th, both for invoice INV-7731. Because of that my rent payment bounced and my bank charged me a fee.\n\nI want the second payment back, and I’d like to know how this can happen at all.\n\nPriya Nair",
      ),
    ],
  },
  {
    id: "login-trouble",
    name: "Tomás Vega",
    subject: "Locked out since the update",
    channel: "chat",
    language: "en",
    turns: [
      customer(9, "Since your update this morning I can’t log in. It says my password is wrong, I reset it twice and it still says the same."),
      customer(7, "I have to hand in payroll for 40 people by 5 pm today and everything is in there."),
    ],
  },
  {
    id: "outage",
    name: "Ingrid Solberg",
    subject: "Internet down again, whole clinic offline",
    channel: "phone",
    language: "en",
    turns: [
      customer(
        48,
        "The line at our clinic has been dead since 7:40. We can’t open patient files or take card payments, and your hotline only plays music. My account number is 5520-118.\n\nWhen will it be back, and how do I reach a person in the meantime? You can call me on +44 20 7946 0161.",
      ),
    ],
  },
  {
    id: "refund-repeat",
    name: "Greg Halloran",
    subject: "THIRD TIME: where is my refund",
    channel: "email",
    language: "en",
    turns: [
      customer(16 * DAY, "Hello, I sent back the jacket from order 90412 two weeks ago and haven’t seen the refund of $128 yet. Could you check please? Thanks, Greg"),
      agent(15 * DAY, "Hello Greg, thanks for contacting us. Refunds usually take 5 working days. You will get your money by Friday."),
      customer(9 * DAY, "It’s Friday evening and there is nothing on my account."),
      agent(8 * DAY, "Hello Greg, I have passed this on to our finance team. They will be in touch."),
      customer(
        2 * HOUR,
        "Nobody has been in touch. This is the THIRD time I’m writing about the same $128! Every time I get a different person and a different excuse. This is unacceptable. If it isn’t sorted today I’ll go to my card company and tell everyone I know to stay away from you.",
      ),
    ],
  },
  {
    id: "missed-wedding",
    name: "Hannah Okafor",
    subject: "Your van never came. We missed our own wedding photos",
    channel: "email",
    language: "en",
    turns: [
      customer(
        20 * HOUR,
        "We booked your minibus for our wedding on Saturday (booking WB-3304), pick-up at 11:15. It never came. We rang eleven times. My grandmother and both bridesmaids stood in the rain for an hour, and they missed the ceremony. My grandmother is 91 and she flew in for this.\n\nI don’t even know what to ask you for. I just want someone to understand what you did to that day.\n\nHannah",
      ),
    ],
  },
  {
    id: "calm-question",
    name: "Lena Fischer",
    subject: "Can I add a second user?",
    channel: "chat",
    language: "en",
    turns: [customer(21, "Hi there! We’re on the small team plan and really like it. Can I add a second person before the month is over, and would that change the price right away? Thanks :)")],
  },
  {
    id: "geciken-siparis",
    name: "Elif Yılmaz",
    subject: "Siparişim hâlâ gelmedi",
    channel: "social",
    language: "tr",
    turns: [
      customer(
        5 * HOUR,
        "Merhaba, 10 gün önce verdiğim TR-55810 numaralı sipariş hâlâ elime ulaşmadı. Kargo takibinde “dağıtımda” yazıyor ama üç gündür kimse gelmedi. İki kere aradım, her seferinde yarım saat bekletilip hattan düştüm. Annemin doğum günü pazar günü, o zamana kadar gelmezse paramı geri istiyorum.",
      ),
    ],
  },
  {
    id: "uszkodzona-paczka",
    name: "Katarzyna Wójcik",
    subject: "Rozbita lampa i brak odpowiedzi",
    channel: "email",
    language: "pl",
    turns: [
      customer(
        30 * HOUR,
        "Dzień dobry,\n\nwczoraj kurier przywiózł lampę z zamówienia PL/20418 i klosz jest rozbity, mimo że paczka wyglądała na całą. Napisałam od razu na czacie i do tej pory nikt mi nie odpisał. Zapłaciłam 349 zł i oczekuję nowej lampy albo zwrotu pieniędzy.\n\nKatarzyna Wójcik",
      ),
    ],
  },
];
