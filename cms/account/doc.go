// Package account proves who somebody is: passwords, random tokens, e-mail
// addresses in the form in which they are compared, the brake on guessing, and
// on top of these the use cases about people (sign in, first start, sessions,
// new passwords). The back office and the command line call [Accounts]; it is
// the only package that imports x/crypto.
//
// What may surprise: a try to sign in is counted as a failure before the
// password is looked at, and a success takes the count back. Counting
// afterwards would let a hundred parallel guesses through while the first one
// is still being hashed.
package account
