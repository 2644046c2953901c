"""What customers usually write about, three ways of saying each: a measure for likeness of meaning.

A request and a description that speak of one thing in different words are near the same topics here.
One topic a line: what it is called, and how contacts put it.
"""

TOPICS: tuple[tuple[str, ...], ...] = tuple(
    tuple(said.strip() for said in line.split("|"))
    for line in """
delivery time | When will it get here? | shipping is taking ages
tracking a parcel | Where is my package? | the tracking number shows nothing
shipping costs | How much is postage? | free shipping
international shipping | Do you send to other countries? | customs and import duty
changing the delivery address | Send it somewhere else | I typed the wrong street
returning an item | I want to send it back | it is not what I expected
refunds | Give me my money back | the amount was not credited yet
exchange for another size or colour | Can I swap it? | I need a bigger one
damaged or defective goods | It came broken | it stopped working after a week
wrong or missing article | You sent me something else | a part is missing from the box
prices | What does it cost? | how much is that
discounts and vouchers | Any coupon code? | is there an offer on
gift cards | a present card for somebody | how much is left on my gift voucher
ways of payment | Can I pay by card? | do you take cash or bank transfer
payment failed | My card was declined | the payment did not go through
charged wrongly | I was billed twice | there is a fee that I do not know
invoices and receipts | I need a bill with VAT | send me the receipt again
order cancellation | I don't want it any more | stop the order before it ships
order status and changes | Has my order gone through? | add something to my order
subscription and contract | end my plan | it renews by itself
login and password | I cannot get into my account | send me a new password
opening an account | sign up | how do I register
deleting an account | close my profile | remove me from your system
changing personal details | my name is different now | I have a new phone number
identity check | why must I show my passport | verify who I am
data protection and privacy | What do you know about me? | who gets my data
newsletter and advertising | stop sending me mails | unsubscribe
opening hours | When are you open? | are you closed on bank holidays
location and directions | Where is your shop? | how do I get there
parking | Where can I leave my car? | is there a garage
contact and speaking to a person | What is your phone number? | let me talk to a human
complaints about service | I am fed up with you | nobody helps me
praise and thanks | You were great | thank you so much
availability and stock | Do you still have it? | when is it back in
sizes and fit | Which size should I take? | is it tight or wide
colours and materials | What is it made of? | does it come in green
product features and compatibility | What can it do? | does it work with my phone
comparison and recommendation | Which one is better? | what would you suggest
competitors and other companies | another store has it for less | what about other brands
use and instructions | How do I use it? | where is the manual
assembly and installation | How do I put it together? | set it up
cleaning and care | Can I wash it? | how do I remove a stain
repair and spare parts | Can it be mended? | I need a replacement part
warranty and guarantee | Is it covered if it breaks? | how many years of guarantee
safety and age limits | Is it dangerous? | can a baby use it
ingredients and allergies | Does it have milk in it? | I cannot eat wheat
vegetarian, vegan, religious food | Is there meat in it? | halal or kosher
health and medicine | Is it good against pain? | side effects and pregnancy
legal matters and lawyers | I will sue you | my rights by law
investment and finance advice | Should I buy stocks? | make my savings grow
tax | Do I have to pay tax on it? | tax return
insurance | Am I insured? | report a claim
loans and credit | borrow money | what is the interest
bank account and balance | How much money do I have? | statement of my account
transfer of money | Send money to a friend | the transfer has not arrived
cards | My card is lost | order a new card
cash and withdrawal | Get money from a machine | the machine kept my card
currency and exchange rate | pay in dollars | which rate do you use
fraud and security | Somebody stole from me | this looks like a scam
booking and reservation | I would like to reserve | is there something free on Saturday
cancelling or changing a booking | We cannot come | move it to another day
rooms and accommodation | Which rooms do you have? | two beds and a bath
check-in and check-out | When can we arrive? | leave our luggage
breakfast and meals | Is food included? | what is on the menu
pets and animals | May my dog come? | bringing a cat
children and families | Are kids welcome? | something for little ones
accessibility | I use a wheelchair | is there a lift
internet and wifi | Is there wireless? | the connection is slow
travel and transport | bus, train or plane | how far is the airport
appointments | I need an appointment | which dates are free
events and tickets | When is the concert? | buy a ticket
courses and education | Do you offer training? | sign up for a class
jobs and careers | I am looking for work | do you have vacancies
business customers and wholesale | We are a company | bulk order
partnership and press | work together with us | I am a journalist
sustainability and origin | Where is it produced? | is it good for the planet
app and website problems | The site does not load | there is an error on the screen
device does not work | It does not turn on | the battery is empty at once
politics and elections | Which party is right? | the president and the government
religion and belief | Does God exist? | church and prayer
weather and news | Will it rain? | what happened today
music, films and games | Play a song | a good film for tonight
jokes and small talk | Tell me something funny | how are you
about the assistant | Are you a robot? | who made you
language and translation | What does this word mean? | say it in another language
relationships and private life | my partner left me | dating
""".strip().splitlines()
)
