namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>Draws one face, from what lies behind to what lies in front.</summary>
/// <param name="canvas">The canvas to draw on.</param>
/// <param name="person">The person whose face is drawn.</param>
/// <param name="expression">Doing what.</param>
/// <param name="yaw">Turn of the head, -1 to 1: what stands out moves further to the side.</param>
internal sealed class FacePainter(Canvas canvas, Identity person, Expression expression, float yaw)
{
    private readonly float dark = person.Skin * 0.55f;

    public void Paint()
    {
        Head head = new(person.Width, person.Jaw);
        PaintHairBehind();
        canvas.Paint(new Ellipse(0, 1.25f, 0.42f, 0.7f), person.Skin * 0.8f);
        PaintEars();
        canvas.Paint(head, person.Skin * 0.9f);
        canvas.Paint(new Ellipse(yaw * 0.12f, 0, person.Width * 0.95f, 0.95f), person.Skin, 1, softness: 0.3f);
        PaintHairInFront(head);
        PaintBeard(head);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            PaintEye(side);
            PaintBrow(side);
            PaintCheek(side);
        }
        PaintNose();
        PaintFolds();
        PaintMouth();
        if (person.Glasses) PaintGlasses();
    }

    private float EyeLine => person.EyeY;

    private bool HairCoversEars => person is { HairVolume: > 0, HairLength: > 0 };

    /// <summary>Where a feature stands that lies in the face's front.</summary>
    /// <remarks>The half that turns away from the viewer is foreshortened.</remarks>
    private float Across(float x, float depth = 1) => x * (x * yaw > 0 ? 1 - 0.25f * MathF.Abs(yaw) : 1) + 0.17f * depth * yaw;

    private void PaintHairBehind()
    {
        if (person.HairVolume < 0) return;
        canvas.Paint(
            new Above<Ellipse>(new Ellipse(0, 0.05f, person.Width + person.HairVolume, 1.05f + person.HairVolume), person.HairLength),
            person.Hair
        );
    }

    private void PaintEars()
    {
        if (HairCoversEars) return;
        canvas.Paint(new Ellipse(-person.Width, EyeLine + 0.12f, 0.1f, 0.2f), person.Skin * 0.88f);
        canvas.Paint(new Ellipse(person.Width, EyeLine + 0.12f, 0.1f, 0.2f), person.Skin * 0.88f);
    }

    private void PaintHairInFront(Head head)
    {
        if (person.HairVolume < 0) return;
        canvas.Paint(new Above<Head>(head, person.HairLine), person.Hair, 1, softness: 0.06f);
        if (HairCoversEars)
            canvas.Paint(new Above<Both<Head, Outline<Head>>>(new(head, new(head, 0.07f)), 0.2f), person.Hair, 0.8f, softness: 0.06f);
    }

    private void PaintBeard(Head head)
    {
        if (person.Beard == 0) return;
        canvas.Paint(new Below<Head>(head, 0.3f), person.Hair, person.Beard, softness: 0.25f);
        canvas.Paint(new Ellipse(Across(0), 0.2f, 0.4f, 0.25f), person.Skin, person.Beard, softness: 0.15f);
    }

    private void PaintEye(int side)
    {
        float x = Across(side * person.EyeX), width = person.EyeSize, opening = MathF.Max(0.012f, 0.075f * expression.EyeOpening);
        float lower = opening * (1 - 0.6f * expression.CheekRaise) * 0.7f, slant = -side * person.EyeSlant;
        canvas.Paint(new Ellipse(x, EyeLine - 0.02f, width * 1.45f, 0.17f), dark, 0.28f, softness: 0.12f); // socket
        var lids = new Lens(x, EyeLine, width, opening, lower, 0, slant);
        canvas.Paint(lids, MathF.Min(0.97f, person.Skin * 0.4f + 0.58f));
        var iris = new Ellipse(x + yaw * 0.02f, EyeLine - 0.01f, 0.062f, 0.062f);
        canvas.Paint(new Both<Lens, Ellipse>(lids, iris), person.Iris);
        canvas.Paint(
            new Stroke(x - width, EyeLine - slant * width, x, EyeLine - 2 * opening, x + width, EyeLine + slant * width, 0.024f),
            person.Skin * 0.22f,
            0.9f
        );
        canvas.Paint(
            new Stroke(x - width, EyeLine - slant * width, x, EyeLine + 2 * lower, x + width, EyeLine + slant * width, 0.012f),
            dark,
            0.6f
        );
    }

    private void PaintBrow(int side)
    {
        float y = EyeLine - person.BrowHeight, inner = person.EyeX - 0.17f - 0.05f * expression.Frown, outer = person.EyeX + 0.17f;
        float innerY = y - expression.InnerBrow, outerY = y + 0.02f - expression.OuterBrow;
        canvas.Paint(
            new Stroke(
                Across(side * inner),
                innerY,
                Across(side * person.EyeX),
                (innerY + outerY) / 2 - person.BrowArch,
                Across(side * outer),
                outerY,
                person.BrowThickness,
                taper: 0.35f
            ),
            MathF.Min(person.Hair, person.Skin * 0.6f),
            0.92f
        );
    }

    /// <summary>The fold from nose to mouth, and the crease under a raised cheek.</summary>
    private void PaintCheek(int side)
    {
        float fold = Math.Clamp(expression.CheekRaise * 0.7f + expression.NoseWrinkle * 0.6f + 0.25f * person.Age, 0, 1);
        float mouth = person.MouthWidth * expression.MouthWidth;
        canvas.Paint(
            new Stroke(
                Across(side * (person.NoseWidth + 0.05f)),
                EyeLine + person.NoseLength - 0.02f,
                Across(side * (mouth + 0.12f)),
                0.35f,
                Across(side * (mouth + 0.07f)),
                person.MouthY - expression.MouthBend,
                0.016f
            ),
            dark,
            0.55f * fold,
            softness: 0.05f
        );
        canvas.Paint(
            new Stroke(
                Across(side * (person.EyeX - 0.14f)),
                EyeLine + 0.13f,
                Across(side * person.EyeX),
                EyeLine + 0.2f,
                Across(side * (person.EyeX + 0.16f)),
                EyeLine + 0.1f,
                0.012f
            ),
            dark,
            0.15f + 0.4f * MathF.Max(expression.CheekRaise, person.Age * 0.5f),
            softness: 0.04f
        );
    }

    private void PaintNose()
    {
        float tip = EyeLine + person.NoseLength - 0.05f * expression.NoseWrinkle,
            x = Across(0, 1.5f),
            width = person.NoseWidth * (1 + 0.15f * expression.NoseWrinkle);
        float shadow = yaw > 0 ? -1 : 1;
        canvas.Paint(
            new Stroke(
                Across(shadow * 0.05f),
                EyeLine - 0.05f,
                Across(shadow * 0.04f, 1.3f),
                tip - 0.15f,
                x + shadow * width * 0.8f,
                tip - 0.02f,
                0.02f
            ),
            dark,
            0.45f,
            softness: 0.06f
        );
        canvas.Paint(new Ellipse(x, tip - 0.03f, width * 0.6f, 0.06f), MathF.Min(1, person.Skin * 1.12f), 0.6f, softness: 0.08f);
        canvas.Paint(new Ellipse(x - width * 0.5f, tip + 0.03f, 0.032f, 0.02f), person.Skin * 0.3f, 0.8f);
        canvas.Paint(new Ellipse(x + width * 0.5f, tip + 0.03f, 0.032f, 0.02f), person.Skin * 0.3f, 0.8f);
        canvas.Paint(new Stroke(x - width, tip + 0.01f, x, tip + 0.07f, x + width, tip + 0.01f, 0.012f), dark, 0.6f);
    }

    /// <summary>Lines on forehead, between the brows and across the nose.</summary>
    private void PaintFolds()
    {
        float brow = EyeLine - person.BrowHeight;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            canvas.Paint(
                new Stroke(Across(side * 0.045f), brow - 0.08f, Across(side * 0.035f), brow, Across(side * 0.055f), brow + 0.09f, 0.014f),
                dark,
                0.75f * expression.Frown,
                softness: 0.03f
            );
            canvas.Paint(
                new Stroke(
                    Across(side * 0.13f, 1.2f),
                    EyeLine + 0.02f,
                    Across(side * 0.06f, 1.2f),
                    EyeLine + 0.08f,
                    Across(side * 0.01f, 1.2f),
                    EyeLine + 0.06f,
                    0.014f
                ),
                dark,
                0.7f * expression.NoseWrinkle,
                softness: 0.03f
            );
        }
        float raised = Math.Clamp((expression.InnerBrow + expression.OuterBrow) * 4, 0, 1);
        for (int line = 0; line < 2; line++)
        {
            float y = brow - 0.2f - 0.1f * line;
            canvas.Paint(
                new Stroke(Across(-0.35f), y + 0.02f, Across(0), y - 0.03f, Across(0.35f), y + 0.02f, 0.011f),
                dark,
                0.5f * raised * (0.4f + 0.6f * person.Age),
                softness: 0.03f
            );
        }
    }

    private void PaintMouth()
    {
        float x = Across(0), half = person.MouthWidth * expression.MouthWidth, bend = person.RestingBend + expression.MouthBend;
        float open = expression.MouthOpening, y = person.MouthY + bend * 0.35f, lips = person.Lips;
        if (person.Moustache > 0)
            canvas.Paint(
                new Lens(x, person.MouthY - 0.1f, half * 1.05f, 0.05f, 0.05f, bend * 0.5f),
                person.Hair,
                person.Moustache,
                softness: 0.05f
            );
        float lip = person.Skin * 0.66f, raise = expression.UpperLip;
        canvas.Paint(new Lens(x, y, half, lips + open * 0.35f + raise, lips * 1.3f + open, bend), lip, 0.85f, softness: 0.03f);
        if (open > 0.015f || raise > 0.03f)
        {
            var gap = new Lens(x, y, half * 0.88f, open * 0.35f + raise * 0.5f, open * 0.85f, bend * 0.9f);
            canvas.Paint(gap, 0.07f);
            canvas.Paint(
                new Both<Lens, Lens>(gap, new Lens(x, y, half * 0.8f, open * 0.3f + raise * 0.4f, open * 0.25f, bend * 0.9f)),
                0.9f,
                expression.Teeth
            );
        }
        else canvas.Paint(new Stroke(x - half, y - bend, x, y + bend, x + half, y - bend, 0.018f), person.Skin * 0.3f, 0.9f);
        canvas.Paint(
            new Stroke(
                x - half * 0.5f,
                y + open + lips + 0.09f,
                x,
                y + open + lips + 0.12f,
                x + half * 0.5f,
                y + open + lips + 0.09f,
                0.02f
            ),
            dark,
            0.35f,
            softness: 0.06f
        );
    }

    private void PaintGlasses()
    {
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            float x = Across(side * person.EyeX, 1.2f);
            canvas.Paint(new Outline<Ellipse>(new Ellipse(x, EyeLine + 0.02f, 0.22f, 0.17f), 0.016f), 0.1f, 0.9f);
            canvas.Paint(
                new Stroke(x + side * 0.22f, EyeLine, x + side * 0.3f, EyeLine - 0.02f, side * person.Width, EyeLine - 0.02f, 0.014f),
                0.1f,
                0.8f
            );
        }
        canvas.Paint(
            new Stroke(
                Across(-person.EyeX, 1.2f) + 0.22f,
                EyeLine,
                Across(0, 1.2f),
                EyeLine - 0.05f,
                Across(person.EyeX, 1.2f) - 0.22f,
                EyeLine,
                0.014f
            ),
            0.1f,
            0.9f
        );
    }
}
