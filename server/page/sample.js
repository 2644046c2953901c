/** An invented company's knowledge in a shape of its own, to try the page with. */
export const SAMPLE = {
  name: "Fern & Kiln",
  knowledge: {
    company: {
      name: "Fern & Kiln",
      about: "A pottery studio for beginners and potters, in the old dairy at 14 Mill Lane.",
      phone: "+44 20 7946 0114",
    },
    opening_hours: {
      "Tuesday to Friday": "10:00 to 21:00",
      Saturday: "9:00 to 16:00",
      "Sunday and Monday": "closed",
    },
    courses: [
      {
        name: "Evening course",
        price: "£145",
        duration: "six Thursdays, 18:30 to 20:30",
        includes: ["clay and glazes", "two firings", "an apron to borrow"],
        group: "at most eight people",
      },
      {
        name: "Trial lesson",
        price: "£25",
        duration: "two hours on a Saturday morning",
        includes: ["one bowl, glazed and fired", "tea"],
      },
      {
        name: "Wheel weekend",
        price: "£210",
        duration: "Saturday and Sunday, 10:00 to 17:00",
        includes: ["clay and glazes", "lunch on both days"],
      },
    ],
    membership: {
      monthly: "£68, with a shelf and a key to the studio",
      clay: "£14 for a bag of 10 kg",
      notice: "It can be ended at any time, to the end of the next month.",
    },
    policies: {
      cancellation: "A place on a course can be cancelled free of charge until 14 days before it begins.",
      collecting: "Finished pots are kept for six weeks, then they go to the charity shop.",
      vouchers: "Gift vouchers are valid for three years.",
    },
    questions: [
      {
        question: "Can children take part?",
        answer: "Children from the age of eight are welcome in trial lessons, together with an adult.",
      },
      {
        question: "Are the glazes safe for food?",
        answer: "All glazes of the studio are food-safe and can go into the dishwasher.",
      },
    ],
  },
};
