const emailPattern = /^[^\s@"<>()[\]\\,;:]{1,64}@[^\s@"<>()[\]\\,;:]{1,255}$/;
const phonePattern = /^\+[1-9]\d{6,14}$/;

export const isEmailAddress = (text: string): boolean => emailPattern.test(text);

/** Whether the text is a phone number in E.164 form. */
export const isPhoneNumber = (text: string): boolean => phonePattern.test(text);
