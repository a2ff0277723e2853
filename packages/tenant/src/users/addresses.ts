const EMAIL_PATTERN = /^[^\s@"<>()[\]\\,;:]{1,64}@[^\s@"<>()[\]\\,;:]{1,255}$/;
const PHONE_PATTERN = /^\+[1-9]\d{6,14}$/;

export const isEmailAddress = (text: string): boolean => EMAIL_PATTERN.test(text);

/** Whether the text is a phone number in E.164 form. */
export const isPhoneNumber = (text: string): boolean => PHONE_PATTERN.test(text);
