/** Passwords that a connection with `password_dictionary` refuses, in lower case; a connection can add its own. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
!qaz2wsx 000000 00000000 111111 11111111 112233 121212 12121212 123123 123321 12341234 12345 123456
1234567 12345678 123456789 1234567890 123456a 123456q 1234abcd 1234qwer 123abc 123qwe 123qweasd 159753
1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 2000 22222222 555555 654321 666666 696969 7777777 88888888
987654321 99999999 a123456 a12345678 a1b2c3 a1b2c3d4 aa123456 aaaaaa abc123 abc12345 abcd1234 abcdef
abcdefg access admin admin123 admin1234 administrator amanda andrew android angel angels apple arsenal
asdfgh asdfghjkl ashley asshole autumn babygirl barcelona baseball batman beautiful blessed blink182
buster butterfly cameron changeme changeme1 changeme123 charlie cheese chelsea chester chicken chocolate
computer cookie corvette cowboys daniel default diamond dolphin donald dragon eagles elephant facebook
falcon family february ferrari florida flower football forever freedom friday friends gandalf garfield
genesis george ginger golfer google guest hannah harley heather hello hockey hottie houston hunter
iloveyou iloveyou1 internet jackson january jasmine jennifer jessica jordan joshua junior justin killer
knight lakers lauren letmein letmein1 letmein123 linkedin liverpool login london london1 lovely loveme
madison maggie marina marlboro martin master matrix matthew maverick melissa mercedes merlin michael
michelle miller minecraft monday monkey monster morgan mother mustang naruto nicholas nicole nothing
oracle orange p4ssw0rd p@$$w0rd p@ssw0rd p@ssword pa55word packers panther parker passw0rd passw0rd1
password password! password01 password1 password1! password12 password123 password1234 password2
password3 patrick peanut pepper phoenix player pokemon porsche princess purple q1w2e3r4 qazwsx qazwsxedc
qwe123 qweasd qweasdzxc qwer1234 qwerty qwerty1 qwerty123 qwertyuiop rachel raiders ranger redsox
richard robert root samantha samson samsung scooter scorpion secret senior sexy shadow slayer smokey
snoopy soccer solo spider spiderman spring spring2023 spring2024 starwars steelers stella stephen summer
summer1 summer2023 summer2024 summer2025 sunshine superman superstar taylor temp temp123 tennis test
test123 test1234 testing thomas tigger tinkerbell toor trouble trustno1 victor victoria viking vincent
welcome welcome1 welcome1! welcome123 whatever william windows winter winter2023 winter2024 winter2025
wizard yamaha yankees yellow zaq!2wsx zaq12wsx zaq1zaq1 zxcv1234 zxcvbn zxcvbnm
`
    .trim()
    .split(/\s+/),
);
